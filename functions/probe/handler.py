"""The media box: its role reads uploads and nothing else, so a hostile file finds nothing to take."""

import io
from typing import Any

from lipwire.adapters.ranged import RangedObject
from lipwire.bootstrap import lambda_app
from lipwire.domain.assets import ProbeFinding, Problem
from lipwire.domain.errors import MediaError
from lipwire.observability import logger
from lipwire.resources import Resource


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """{"key", "version_id", "size_bytes", "max_duration_ms", "max_pixels"} -> a `ProbeFinding`."""
    from lipwire.render.media.probe import ProbeLimits, probe, speech_is_silent

    app = lambda_app()
    source = io.BufferedReader(
        RangedObject(
            app.s3,
            bucket=app.settings.name_of(Resource.UPLOADS_BUCKET),
            key=event["key"],
            version_id=event["version_id"],
            size_bytes=event["size_bytes"],
        )
    )
    limits = ProbeLimits(max_duration_ms=event["max_duration_ms"], max_pixels=event["max_pixels"])
    try:
        media = probe(source, event["size_bytes"], limits=limits)
        source.seek(0)
        silent = speech_is_silent(source) if media.has_audio else None
        finding = ProbeFinding(media=media, silent=silent)
    except MediaError as error:
        logger.info("media refused", code=error.code)
        finding = ProbeFinding(problem=Problem.of(error))
    return finding.model_dump(mode="json")
