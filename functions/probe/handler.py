"""The media box: its role reads uploads and nothing else, so a hostile file finds nothing to take."""

import io
from typing import Any, cast

from lipwire.adapters.ranged import RangedObject
from lipwire.bootstrap import lambda_app
from lipwire.observability import logger
from lipwire.resources import Resource
from probe.box import BoxBrokenError, look_into


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """{"key", "version_id", "size_bytes", "max_duration_ms", "max_pixels"} -> a `ProbeFinding`.

    A fault of ours is raised, never found: whoever asked may ask again.
    """
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
    try:
        look = look_into(
            cast("Any", source),
            event["size_bytes"],
            max_duration_ms=event["max_duration_ms"],
            max_pixels=event["max_pixels"],
        )
    except BoxBrokenError as broken:
        logger.error("the media box broke", status=broken.status, said=broken.said)
        raise
    problem = look.finding.problem
    logger.info(
        "media looked into",
        code=problem.code if problem else None,
        status=look.status,
        seconds=look.seconds,
        peak_kib=look.peak_kib,
        read_bytes=look.read_bytes,
        said=look.said,
    )
    return look.finding.model_dump(mode="json")
