"""Vendors' clients as they visit the deployed platform: what each is given, and what it met.

A dialect more is one function here, in `CLIENTS`, and tests of what it met; only base URL, key and media are ours.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.local.client import Client
from infra.local.processes import free_port
from infra.local.receiver import Received, Receiver
from tests.support.clients import run_client
from tests.support.platform import Platform
from tests.support.samples import run_sample


@dataclass
class Visit:
    """One client, its account, where it is told, and what it met."""

    client: Client
    receiver: Receiver
    folder: Path
    told: dict[str, Any] = field(default_factory=dict)
    hooks: list[Received] = field(default_factory=list)
    secret: str = ""
    #: When it came and left, on the clock of all.
    began: float = 0.0
    ended: float = 0.0

    @property
    def balance(self) -> int:
        """Milli-credits of the account, once nothing is held."""
        credits = self.client.call("GET", "/account")["credits"]
        assert credits["held_millicredits"] == 0
        return int(credits["balance_millicredits"])


@dataclass(frozen=True)
class World:
    """What every client is given."""

    platform: Platform
    video: Path
    voice: Path
    picture: Path
    urls: dict[str, str]


def native(world: World, visit: Visit) -> None:
    """Lipwire's own API: a job by URLs, waited for."""
    visit.receiver.trust(visit.client.call("GET", "/account")["webhook_secret"])
    body = {
        "source": {"url": world.urls["video"]},
        "speech": {"url": world.urls["voice"]},
        "webhook_url": visit.receiver.url,
    }
    job = visit.client.call("POST", "/jobs", body)
    until = time.monotonic() + 500
    while job["status"] not in {"succeeded", "failed", "canceled"} and time.monotonic() < until:
        job = visit.client.call("GET", f"/jobs/{job['id']}?wait=20")
    visit.told = {"job": job}
    visit.hooks = [visit.receiver.wait(60)]


def magic_hour(world: World, visit: Visit) -> None:
    """The SDK from PyPI: files, URLs, a talking photo."""
    body = {"url": visit.receiver.url, "format": "magic_hour"}
    visit.secret = visit.client.call("POST", "/webhook-endpoints", body)["secret"]
    visit.receiver.trust(visit.secret)
    visit.told = run_client(
        "magic_hour_sdk.py",
        {
            "base_url": world.platform.base_url,
            "key": visit.client.api_key,
            "poor_key": world.platform.new_account(credits=1),
            "folder": str(visit.folder),
            "video": str(world.video),
            "voice": str(world.voice),
            "image": str(world.picture),
            "video_url": world.urls["video"],
            "voice_url": world.urls["voice"],
        },
    )
    # Three begin and three are complete.
    visit.hooks = [visit.receiver.wait(60) for _ in range(6)]


def magic_hour_node(world: World, visit: Visit) -> None:
    """The SDK from npm."""
    visit.told = run_client(
        "magic_hour_sdk.cjs",
        {
            "base_url": world.platform.base_url,
            "key": visit.client.api_key,
            "folder": str(visit.folder),
            "video": str(world.video),
            "voice": str(world.voice),
        },
        node=True,
        package="magic-hour",
    )


def lipsync_dev(world: World, visit: Visit) -> None:
    """The sample of the vendor's page, in Python."""
    visit.receiver.trust(visit.client.call("GET", "/account")["webhook_secret"])
    visit.told = run_client(
        "lipsync_dev.py",
        {
            "base_url": f"{world.platform.base_url}/api/v1",
            "key": visit.client.api_key,
            "video_url": world.urls["video"],
            "audio_url": world.urls["voice"],
            "webhook_url": visit.receiver.url,
            "file": str(visit.folder / "made.mp4"),
        },
    )
    visit.hooks = [visit.receiver.wait(60)]


def lipsync_studio(world: World, visit: Visit) -> None:
    """The sample of the vendor's page, in JavaScript."""
    visit.receiver.trust(visit.client.call("GET", "/account")["webhook_secret"])
    visit.told = run_client(
        "lipsync_studio.mjs",
        {
            "base_url": f"{world.platform.base_url}/api/v1",
            "key": visit.client.api_key,
            "image_url": world.urls["picture"],
            "audio_url": world.urls["voice"],
            "webhook_url": visit.receiver.url,
            "file": str(visit.folder / "made.mp4"),
        },
        node=True,
    )
    visit.hooks = [visit.receiver.wait(60)]


def lipsync_dev_sample(world: World, visit: Visit) -> None:
    """The Python sample of the vendor's page, as it stands there."""
    visit.receiver.trust(visit.client.call("GET", "/account")["webhook_secret"])
    filled_in = {
        "https://lipsync-api-yft3.onrender.com": world.platform.base_url,
        "your_api_key_here": visit.client.api_key,
        "https://example.com/video.mp4": world.urls["video"],
        "https://example.com/audio.mp3": world.urls["voice"],
        "https://yourapp.com/webhook": visit.receiver.url,
    }
    printed = run_sample("lipsync_dev", "python", filled_in, timeout_s=500)
    visit.told = {"printed": printed}
    visit.hooks = [visit.receiver.wait(60)]


def lipsync_studio_sample(world: World, visit: Visit) -> None:
    """The sample of the vendor's page, as it stands there: it receives its webhook itself."""
    port = str(free_port())
    filled_in = {
        "https://lipsync.studio": world.platform.base_url,
        "sk_XXXX_YYYY": visit.client.api_key,
        "https://example.com/portrait.jpg": world.urls["picture"],
        "https://example.com/speech.mp3": world.urls["voice"],
        "https://your-public-domain.com": f"http://127.0.0.1:{port}",
        "3000": port,
    }
    printed = run_sample(
        "lipsync_studio", "javascript", filled_in, until="Video URL:", timeout_s=500
    )
    visit.told = {"printed": printed}


def joggai(world: World, visit: Visit) -> None:
    """Plain HTTP in the order of the vendor's runner, both prefixes."""
    # Our own signature is others' to look at here, for the client makes the endpoint.
    visit.receiver.trust("whsec_" + "A" * 44)
    visit.told = run_client(
        "joggai.py",
        {
            "base_url": world.platform.base_url,
            "key": visit.client.api_key,
            "video": str(world.video),
            "voice": str(world.voice),
            "webhook_url": visit.receiver.url,
            "file": str(visit.folder / "made.mp4"),
        },
    )
    visit.hooks = [visit.receiver.wait(60)]


def lipdub(world: World, visit: Visit) -> None:
    """Plain HTTP in the order of the vendor's guide: shots, then a render by URL."""
    visit.receiver.trust(visit.client.call("GET", "/account")["webhook_secret"])
    visit.told = run_client(
        "lipdub.py",
        {
            "base_url": world.platform.base_url,
            "key": visit.client.api_key,
            "video": str(world.video),
            "voice": str(world.voice),
            "video_url": world.urls["video"],
            "callback_url": visit.receiver.url,
            "file": str(visit.folder / "made.mp4"),
            "render_file": str(visit.folder / "rendered.mp4"),
        },
    )
    visit.hooks = [visit.receiver.wait(60)]


def sync_so(world: World, visit: Visit) -> None:
    """The SDK from PyPI: URLs, files in a form, a batch."""
    visit.secret = visit.client.call("GET", "/account")["webhook_secret"]
    visit.receiver.trust(visit.secret)
    visit.told = run_client(
        "sync_so_sdk.py",
        {
            "base_url": world.platform.base_url,
            "key": visit.client.api_key,
            "poor_key": world.platform.new_account(credits=1),
            "video": str(world.video),
            "voice": str(world.voice),
            "video_url": world.urls["video"],
            "voice_url": world.urls["voice"],
            "webhook_url": visit.receiver.url,
            "file": str(visit.folder / "made.mp4"),
        },
    )
    # The first generation, and the batch.
    visit.hooks = [visit.receiver.wait(60) for _ in range(2)]


def sync_so_node(world: World, visit: Visit) -> None:
    """The SDK from npm."""
    visit.told = run_client(
        "sync_so_sdk.cjs",
        {
            "base_url": world.platform.base_url,
            "key": visit.client.api_key,
            "video": str(world.video),
            "voice": str(world.voice),
            "video_url": world.urls["video"],
            "voice_url": world.urls["voice"],
            "file": str(visit.folder / "made.mp4"),
        },
        node=True,
        package="@sync.so/sdk",
    )


CLIENTS: tuple[Callable[[World, Visit], None], ...] = (
    native,
    magic_hour,
    magic_hour_node,
    lipsync_dev,
    lipsync_dev_sample,
    lipsync_studio,
    lipsync_studio_sample,
    joggai,
    lipdub,
    sync_so,
    sync_so_node,
)


def refusals(visit: Visit, key: str, word: str) -> dict[str, list[object]]:
    """Status, and what the body has under that word, of each request that was refused."""
    return {name: [status, body[word]] for name, (status, body) in visit.told[key].items()}
