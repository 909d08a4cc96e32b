"""The media box: decodes strangers' files, so it reads uploads and nothing else."""

from lipwire.resources import FunctionSpec, Layer, Resource, reads

FUNCTION = FunctionSpec(
    name="Probe",
    handler="probe.handler.handler",
    summary="Looks into one uploaded file by range reads and says what it is.",
    needs=(reads(Resource.UPLOADS_BUCKET, "uploads/"),),
    memory_mib=1024,
    timeout_s=60,
    layers=(Layer.API, Layer.MEDIA),
)
