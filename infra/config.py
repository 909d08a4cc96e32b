"""What differs from stage to stage; everything else is the same template."""

import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCAL: Final = "local"
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployConfig:
    """One stage."""

    stage: str
    #: Lambda's label of interpreter and processor, and the suffix of the layers built for it.
    runtime: str
    architecture: str
    layer_target: str
    #: Tables and buckets outlive the stack.
    keeps_data: bool
    #: Webhooks may go to, and media may come from, http on loopback; no AWS stage can say so.
    loopback_allowed: bool
    log_retention_days: int
    #: Host names of this deployment, its API's own domain for one: no webhook goes there, no media comes from there.
    own_hosts: tuple[str, ...] = ()
    #: No job is taken without a statement that the person in the source agrees.
    consent_required: bool = False
    max_cpu_vcpus: int = 64
    max_gpu_vcpus: int = 64
    #: Whether media may be taken from web pages, by a function of its own.
    page_sources: bool = False
    #: Whether Amazon Polly speaks besides espeak-ng, at AWS's price.
    polly: bool = False
    #: The folder with the operator's own voices.
    voices: Path | None = None
    #: Length of the parts that long outputs are rendered in; 0 leaves it to each engine.
    shard_seconds: float = 0

    @property
    def is_local(self) -> bool:
        """Whether the stage runs on the emulator."""
        return self.stage == LOCAL

    @classmethod
    def of(
        cls,
        stage: str,
        *,
        own_hosts: str = "",
        page_sources: bool = False,
        consent_required: bool = False,
        polly: bool = False,
        voices: str = "",
    ) -> "DeployConfig":
        """The stage's values; `own_hosts` are separated by commas."""
        if not stage.isalnum() or not stage.islower() or len(stage) > 12:
            raise ValueError("a stage's name is up to 12 lower-case letters and digits")
        local = stage == LOCAL
        return cls(
            stage=stage,
            runtime="python3.11" if local else "python3.13",
            architecture=_host_architecture() if local else "arm64",
            layer_target="local" if local else "aws",
            keeps_data=not local,
            loopback_allowed=local,
            log_retention_days=30,
            consent_required=consent_required,
            own_hosts=tuple(_host(name.strip()) for name in own_hosts.split(",") if name.strip()),
            page_sources=page_sources,
            polly=polly,
            voices=Path(voices).expanduser().resolve() if voices else None,
        )


def _host(name: str) -> str:
    """One that says more than a name would guard nothing, without a word."""
    if not _HOST.fullmatch(name):
        raise ValueError(f"own_hosts are bare names, as api.example.com: not {name!r}")
    return name


def _host_architecture() -> str:
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
