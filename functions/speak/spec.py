"""Speech: the engines run here; what they say is written among the uploads, and nothing can be read."""

from lipwire.resources import FunctionSpec, Layer, Resource, writes

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
