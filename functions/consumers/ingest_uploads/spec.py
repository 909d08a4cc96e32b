"""Every object that arrives below `uploads/`."""

from lipwire.function_specs import Access, ConsumerSpec, FunctionSpec, Need, reads, writes
from lipwire.resources import Resource

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="IngestUploads",
        handler="consumers.ingest_uploads.handler.handler",
        summary="Marks an asset as uploaded, once, and starts its analysis; erases bytes of an asset that is gone.",
        needs=(
            reads(Resource.ASSETS_TABLE),
            writes(Resource.ASSETS_TABLE),
            Need(Resource.LIMITS_TABLE, Access.UPDATE, "active#"),  # fetches that have ended
            writes(Resource.OUTBOX_TABLE),
            reads(Resource.UPLOADS_BUCKET, "uploads/"),
            Need(Resource.UPLOADS_BUCKET, Access.DELETE, "uploads/"),  # what came too late
        ),
    ),
    aws_pattern={
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["${UPLOADS_BUCKET}"]},
            "object": {"key": [{"prefix": "uploads/"}]},
        },
    },
)
