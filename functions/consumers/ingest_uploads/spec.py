"""Every object that arrives below `uploads/`."""

from lipwire.resources import ConsumerSpec, FunctionSpec, Resource, reads, writes

CONSUMER = ConsumerSpec(
    function=FunctionSpec(
        name="IngestUploads",
        handler="consumers.ingest_uploads.handler.handler",
        summary="Marks an asset as uploaded, once, and starts its analysis.",
        needs=(
            reads(Resource.ASSETS_TABLE),
            writes(Resource.ASSETS_TABLE),
            writes(Resource.OUTBOX_TABLE),
            reads(Resource.UPLOADS_BUCKET, "uploads/"),
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
