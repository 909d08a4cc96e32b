"""The native API's options: as they are written, as they are understood."""

import json

import pytest

from lipwire.dialects.base import WireRequest
from lipwire.dialects.native.codec import job_out, to_create_job
from lipwire.dialects.native.wire_options import OptionsIn, to_options
from lipwire.domain.errors import LipwireError
from lipwire.domain.options import JobOptions
from lipwire.domain.views import JobView
from tests.support.builders import a_job

AN_ASSET = f"ast_{7:026d}"
EVERY = {
    "engine": "retarget",
    "quality": "best",
    "seed": 7,
    "trim_start": 0.5,
    "trim_end": 2,
    "speech_start": 0.25,
    "when_shorter": "remap",
    "when_longer": "keep",
    "max_duration": 12.345,
    "time_ranges": [{"start": 0.1, "end": 0.9}],
    "segments": [{"start": 0.5, "end": 1.5, "voice": 1, "voice_start": 0.1, "voice_end": 0.9}],
    "fps": 30,
    "max_fps": 60,
    "height": 720,
    "mask": {"asset_id": AN_ASSET},
    "region": "mouth",
    "expressiveness": 0.7,
    "expression": "serious",
    "style": "calm",
    "face": {"point": {"x": 0.25, "y": 0.5}, "at": 1.5},
    "second_speech": {"asset_id": AN_ASSET},
    "speaking_order": "right_first",
    "language": "pt-BR",
    "phonemes": [{"symbol": "m", "start": 0.1, "end": 0.2}],
    "original_sound": "mix",
    "original_volume": 0.4,
    "output_name": "a.mp4",
}


def create(options: object) -> JobOptions:
    """The command's options for a body with these."""
    asset = {"asset_id": AN_ASSET}
    body = json.dumps({"source": asset, "speech": asset, "options": options}).encode()
    return to_create_job(WireRequest(method="POST", path="/", body=body)).options


def test_every_option_comes_in_and_goes_out_again():
    """Nothing of the domain is out of the API's reach, and nothing is lost on the way."""
    options = create(EVERY)
    assert options.model_fields_set == set(JobOptions.model_fields)
    assert (options.trim_start_ms, options.max_duration_ms) == (500, 12345)
    shown = job_out(JobView(job=a_job(options=options))).options
    assert shown == OptionsIn.model_validate(EVERY | {"trim_end": 2.0})
    assert to_options(shown) == options


def test_what_is_left_out_stays_left_out():
    """So that words of style may set it."""
    assert create({"style": "calm"}).model_fields_set == {"style"}


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"trim_start": 0.0001}, "invalid_option"),
        ({"trim_end": 0}, "invalid_request"),
        ({"quality": "superb"}, "invalid_request"),
        ({"fps": 23}, "invalid_request"),
        ({"expressiveness": 1.1}, "invalid_request"),
        ({"time_ranges": [{"start": 0}]}, "invalid_request"),
        ({"phonemes": [{"symbol": "m", "start": 0, "end": 0}]}, "invalid_request"),
        ({"mask": {"asset_id": "x"}}, "invalid_request"),
        ({"seed": -1}, "invalid_request"),
        ({"unheard_of": 1}, "invalid_request"),
    ],
)
def test_what_is_no_option_is_refused(options, code):
    """By a stable code, at once."""
    with pytest.raises(LipwireError) as caught:
        create(options)
    assert caught.value.code == code
