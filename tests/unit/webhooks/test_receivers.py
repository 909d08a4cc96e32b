"""What receivers are given does what the docs say: the samples of docs/webhooks.md, and `lipwire webhooks listen`."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.listen import listening
from infra.local.receiver import Receiver
from lipwire.domain.signing import new_secret, signed_headers

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs/webhooks.md"
SECRET, OTHER = new_secret(7), new_secret(8)
BODY = '{"type":"job.succeeded","data":{"name":"Zoë 🎬"}}'.encode()


def blocks(language: str) -> list[str]:
    """The page's samples in one language."""
    return re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)


def samples() -> dict[str, Callable[..., Any]]:
    """The functions of the page's Python blocks, by name."""
    found: dict[str, Any] = {}
    for block in blocks("python"):
        exec(compile(block, str(DOCS), "exec"), found)
    return {name: thing for name, thing in found.items() if name.startswith("verified")}


def messages() -> list[tuple[bool, dict[str, str], bytes]]:
    """Whether it must be taken, headers, body: one signed by two secrets, one by another's, an old and a changed one."""
    now = datetime.now(UTC)
    good = signed_headers("evt_1", BODY, secrets=[OTHER, SECRET], at=now)
    forged = signed_headers("evt_1", BODY, secrets=[OTHER], at=now)
    old = signed_headers("evt_1", BODY, secrets=[SECRET], at=now - timedelta(minutes=6))
    return [
        (True, good, BODY),
        (False, forged, BODY),
        (False, old, BODY),
        (False, good, BODY + b" "),
    ]


@pytest.mark.fault(99, 100)
@pytest.mark.parametrize("name", ["verified", "verified_by_hand"])
def test_python_samples_accept_ours_and_refuse_all_else(name):
    """While a secret is being changed, too."""
    verify = samples()[name]
    for genuine, headers, body in messages():
        if genuine:
            assert verify(SECRET, body, headers)["data"] == {"name": "Zoë 🎬"}
        else:
            with pytest.raises(Exception, match=r"\w"):
                verify(SECRET, body, headers)


@pytest.mark.fault(99, 100)
@pytest.mark.parametrize("name", ["verified", "verifiedByHand"])
def test_node_samples_accept_ours_and_refuse_all_else(name, tmp_path):
    """The package's and the one by hand, in one process each."""
    source = next(block for block in blocks("js") if f"function {name}(" in block)
    (tmp_path / "node_modules").symlink_to((ROOT / "node_modules").resolve())
    (tmp_path / "sample.mjs").write_text(source)
    given = [
        {"headers": headers, "body": body.decode(), "secret": SECRET}
        for _, headers, body in messages()
    ]
    (tmp_path / "run.mjs").write_text(
        f"""import {{ {name} }} from "./sample.mjs";
const taken = {json.dumps(given)}.map(({{ secret, body, headers }}) => {{
  try {{ return {name}(secret, Buffer.from(body), headers).data.name; }} catch {{ return null; }}
}});
console.log(JSON.stringify(taken));"""
    )
    done = subprocess.run(
        ["node", "--preserve-symlinks", "run.mjs"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == ["Zoë 🎬", None, None, None]


GO = """package main

import (
	"encoding/json"
	"net/http"
	"os"

	"sample/hooks"
)

type given struct {
	Secret, Body string
	Headers      map[string]string
}

func main() {
	var all []given
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err)
	}
	taken := []bool{}
	for _, one := range all {
		headers := http.Header{}
		for name, value := range one.Headers {
			headers.Set(name, value)
		}
		taken = append(taken, hooks.Verified(one.Secret, []byte(one.Body), headers) == nil)
	}
	json.NewEncoder(os.Stdout).Encode(taken)
}
"""


@pytest.mark.fault(99, 100)
@pytest.mark.skipif(shutil.which("go") is None, reason="Go is not installed here")
def test_the_go_sample_accepts_ours_and_refuses_all_else(tmp_path):
    """Compiled and run, where there is a compiler."""
    (source,) = blocks("go")
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "hooks.go").write_text(source)
    (tmp_path / "main.go").write_text(GO)
    (tmp_path / "go.mod").write_text("module sample\n\ngo 1.21\n")
    given = [
        {"headers": headers, "body": body.decode(), "secret": SECRET}
        for _, headers, body in messages()
    ]
    alone = {"GOTOOLCHAIN": "local", "GOPROXY": "off", "GOFLAGS": "-mod=mod"}
    done = subprocess.run(
        ["go", "run", "."],
        cwd=tmp_path,
        env={**os.environ, **alone, "CGO_ENABLED": "0"},
        input=json.dumps(given),
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert json.loads(done.stdout) == [True, False, False, False]


def test_the_curl_sample_signs_what_a_receiver_takes():
    """With the shell's own tools, to a receiver that verifies with the package."""
    sample = next(block for block in blocks("sh") if "webhook-signature" in block)
    receiver = Receiver()
    receiver.trust(SECRET)
    with receiver.running():
        environment = {**os.environ, "LIPWIRE_WEBHOOK_SECRET": SECRET, "NO_PROXY": "*"}
        done = subprocess.run(
            ["sh", "-c", sample],
            env={**environment, "RECEIVER_URL": receiver.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert receiver.wait(5).verified
    assert done.stdout.strip() == "200"


def test_listen_prints_what_is_verified_and_nothing_of_the_rest():
    """200 and the payload, once more as `again`; 401 and no word that a stranger chose."""
    lines: list[str] = []
    server = listening(
        [OTHER, SECRET], port=0, status=200, out=lines.append, count=5, done=threading.Event()
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    now = datetime.now(UTC)
    good = signed_headers("evt_1", BODY, secrets=[SECRET], at=now)
    bad = signed_headers("evt_2", b"\x1b[31m{", secrets=[new_secret(9)], at=now)
    try:
        assert [_post(url, headers, body) for headers, body in ((good, BODY), (good, BODY))] == [
            200,
            200,
        ]
        assert _post(url, bad, b"\x1b[31m{") == 401
    finally:
        server.shutdown()
        server.server_close()
    first, second, third = lines
    assert first.startswith("verified  job.succeeded  evt_1")
    assert "again" in second
    assert third.startswith("NOT VERIFIED")
    assert "evt_2" not in third
    assert SECRET[6:] not in "".join(lines)


def _post(url: str, headers: dict[str, str], body: bytes) -> int:
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_listen_wants_a_secret_and_not_on_the_command_line():
    """It says how, and ends."""
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.listen", "listen"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "functions:."},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "LIPWIRE_WEBHOOK_SECRET" in done.stderr
