"""Web pages: yt-dlp reads what strangers wrote, so this function may touch nothing of ours."""

from lipwire.function_specs import FunctionSpec, Layer

FUNCTION = FunctionSpec(
    name="ResolvePage",
    handler="pages.handler.handler",
    summary="Finds the file of the media that a web page shows; deployed only where page sources are turned on.",
    needs=(),
    # A whole core: on its first page yt-dlp loads a thousand modules, which takes some 5 s of one.
    memory_mib=1769,
    timeout_s=90,
    layers=(Layer.API, Layer.PAGES),
    parameters=("LIPWIRE_STAGE", "LOOPBACK_ALLOWED", "OWN_HOSTS"),
)
