"""The media box: decodes strangers' files, so it reads uploads and nothing else."""

from lipwire.function_specs import FunctionSpec, Layer, reads
from lipwire.resources import Resource

FUNCTION = FunctionSpec(
    name="Probe",
    handler="probe.handler.handler",
    summary="Looks into one uploaded file by range reads and says what it is.",
    needs=(reads(Resource.UPLOADS_BUCKET, "uploads/"),),
    # 768 MiB that the closed box may map beyond its own 130, 150 for who holds it, 60 for blocks of the file: its own
    # limit must end a bomb (a verdict), not the function's (a retry). The CPU share of 1536 MiB is 0.87 of a core.
    memory_mib=1536,
    timeout_s=60,
    layers=(Layer.API, Layer.MEDIA),
)
