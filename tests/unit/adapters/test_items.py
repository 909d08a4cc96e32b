"""Entities as items."""

from fractions import Fraction

from lipwire.adapters.dynamodb.table import entity_item, from_item
from lipwire.domain.jobs import Job
from lipwire.domain.options import JobOptions
from lipwire.domain.quality import quality_report
from lipwire.domain.warnings import JobWarning
from tests.support.builders import a_job


def test_a_job_with_all_it_can_carry_is_read_back_as_it_was():
    """Shares, ranges, warnings and the quality report too."""
    options = JobOptions.model_validate(
        {
            "expressiveness": 0.1,
            "original_volume": 1.0,
            "face": {"point": {"x": 0.333, "y": 1e-7}},
            "time_ranges": [{"start": 0, "end": 5}],
        }
    )
    quality = quality_report(
        {"score": 0.5, "untouched_spans": [{"first": 0, "last": 3, "reason": "no_face"}]},
        fps=Fraction(25),
        seed=1,
        engine="e",
    )
    job = a_job(
        options=options, quality=quality, warnings=(JobWarning.of("subtitles_dropped", tracks=[1]),)
    )
    assert Job.model_validate(from_item(entity_item(job))) == job
