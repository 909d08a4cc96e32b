"""Speech: the engines run here; what they say is written among the uploads, and nothing can be read."""

from typing import Final

from lipwire.function_specs import FunctionSpec, Layer, writes
from lipwire.resources import Resource

FUNCTION = FunctionSpec(
    name="Speak",
    handler="speak.handler.handler",
    summary="Speaks a text: the audio, and the times of its sounds, become an upload.",
    needs=(writes(Resource.UPLOADS_BUCKET, "uploads/"),),
    # A whole core: espeak-ng speaks 5,000 characters, five minutes, in two seconds of one; they are 15 MB of samples.
    memory_mib=1769,
    timeout_s=120,
    layers=(Layer.API, Layer.SPEECH),
    parameters=("POLLY",),
)

#: What any account may have: nearly two cores, and room for a network of 500 MiB; larger ones are refused.
_NETWORKS_MEMORY_MIB: Final = 3008
#: Lambda's, without asking for more, and at most.
LEAST_DISK_MIB: Final = 512
MOST_DISK_MIB: Final = 10_240
_SPARE_MIB: Final = 100


def with_networks(spec: FunctionSpec, *, size_bytes: int) -> FunctionSpec:
    """The function where the operator has voices of that size in all.

    Raises:
        ValueError: they are more than a function's disk holds.
    """
    disk = max(LEAST_DISK_MIB, -(-size_bytes // 2**20) + _SPARE_MIB)
    if disk > MOST_DISK_MIB:
        raise ValueError(
            f"voices_too_large: the voices are {size_bytes >> 20} MiB; a function holds "
            f"{MOST_DISK_MIB - _SPARE_MIB} MiB"
        )
    return spec._replace(
        memory_mib=_NETWORKS_MEMORY_MIB,
        disk_mib=disk,
        layers=(*spec.layers, Layer.NETWORKS),
        parameters=(*spec.parameters, "VOICES_BUCKET"),
    )
