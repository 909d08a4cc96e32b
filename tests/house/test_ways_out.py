"""Strangers are reached through one package."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.house import tree

WAY_OUT: Final = Path("functions/lipwire/adapters/http")
SHIPPED: Final = ("functions", "containers")
#: Modules with which a connection can be made, a URL opened, or something run that could; `urllib.parse` only takes texts
#: apart. Said as an import, or as a chain of attributes where a package imports its parts by itself.
CLIENTS: Final = {
    *("socket", "_socket", "ssl", "_ssl", "select", "selectors", "asyncio", "socketserver", "http", "urllib.request", "urllib.error"),
    *("ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "nntplib", "xmlrpc", "multiprocessing", "webbrowser", "wsgiref"),
    *("urllib3", "requests", "httpx", "httplib2", "aiohttp", "pycurl", "websockets", "websocket", "trio", "anyio", "yt_dlp", "grpc"),
    *("botocore.httpsession", "botocore.awsrequest", "botocore.vendored", "pip", "ensurepip", "logging.handlers", "logging.config"),
    *("subprocess", "_posixsubprocess", "pty", "ctypes", "_ctypes", "cffi", "runpy", "code", "imageio", "torchaudio", "torch.hub"),
    *("os.system", "os.popen", "os.fork", "os.forkpty", "os.startfile"),
    *("cv2.VideoCapture", "cv2.VideoWriter", "skimage.io", "scipy.datasets", "pandas"),
}  # fmt: skip
#: Families of functions that run programs: `os.execv`, `os.spawnle`, `os.posix_spawnp`.
RUNNERS: Final = ("os.exec", "os.spawn", "os.posix_spawn")
#: What takes the name of a module, or code, from a value that nobody can read here.
FROM_VALUES: Final = (
    "import_module",
    "__import__",
    "eval",
    "exec",
    "spec_from_file_location",
    "find_loader",
)
#: Arguments of AWS clients that send them elsewhere; `AWS_ENDPOINT_URL` is the local stage's, in the environment alone.
ELSEWHERE: Final = {"endpoint_url", "proxies", "proxies_config"}

#: File -> what it may, and why.
ALLOWED: Final[dict[Path, tuple[set[str], str]]] = {
    Path("functions/pages/resolve.py"): (
        {"yt_dlp"},
        "its requests go through the guard, and nothing else of it gets out: `tests/unit/pages` holds both",
    ),
    Path("functions/probe/box.py"): (
        {"subprocess", "ctypes"},
        "runs the one program of the box, which then has no descriptor left; one flag of the process by prctl",
    ),
    Path("functions/lipwire/adapters/speech/espeak.py"): (
        {"subprocess"},
        "runs the one program of espeak-ng, with an empty environment; no word of a text is part of the command",
    ),
    Path("functions/lipwire/adapters/speech/espeak_program.py"): (
        {"ctypes"},
        "that program: it calls espeak-ng, which opens its own data and no connection",
    ),
    Path("functions/lipwire/render/speech/allphone.py"): (
        {"ctypes"},
        "calls a dozen functions of PocketSphinx by name, which open its own model and no connection",
    ),
    Path("functions/lipwire/render/process_limits.py"): (
        {"ctypes"},
        "one function of the C library, which gives freed memory back",
    ),
    Path("functions/lipwire/dialects/__init__.py"): ({"import_module"}, "a dialect, by the name of its folder"),
    Path("functions/lipwire/engines/__init__.py"): ({"import_module"}, "an engine, by the name of its file"),
    Path("functions/lipwire/render/media/formats.py"): (
        {"av.open"},
        "the door for strangers' files: a file object, a format that is named, and `io_open` that opens nothing",
    ),
    Path("functions/lipwire/render/media/sink.py"): ({"av.open"}, "writes a file of its own"),
    Path("functions/lipwire/render/media/join.py"): ({"av.open"}, "reads parts that our own sink wrote, joins them"),
}  # fmt: skip


def aliases(module: ast.AST) -> dict[str, str]:
    """What each imported name stands for: `r` for `urllib.request` after `import urllib.request as r`."""
    found: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found[alias.asname or top] = alias.name if alias.asname else top
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def names(node: ast.AST, known: dict[str, str]) -> Iterator[str]:
    """The full names of what a node imports, or of what its chain of attributes leads to."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield str(node.module)
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Attribute | ast.Name) and (chain := tree.dotted(node)):
        first, dot, rest = chain.partition(".")
        if first in known:
            yield f"{known[first]}{dot}{rest}"
    elif isinstance(node, ast.Call):
        yield from _called(node, known)


def _called(node: ast.Call, known: dict[str, str]) -> Iterator[str]:
    chain = tree.dotted(node.func)
    first, dot, rest = chain.partition(".")
    full = f"{known.get(first, first)}{dot}{rest}"
    if full.rpartition(".")[2] in FROM_VALUES and not full.startswith("re."):
        given = [one.value for one in node.args if isinstance(one, ast.Constant)]
        # A name that is written out is an import like any other; what isn't can be anything.
        yield from (str(one) for one in given)
        if not given:
            yield full.rpartition(".")[2]
    if full in {"av.open", "av.container.open", "av.container.core.open"}:
        yield "av.open"
    yield from (str(one.arg) for one in node.keywords if one.arg in ELSEWHERE)


def ways_out(module: ast.AST, allowed: set[str] = frozenset()) -> list[ast.AST]:  # type: ignore[assignment]
    """Where a module names what could make a connection, but for what is allowed."""
    known = aliases(module)
    return [
        node
        for node in ast.walk(module)
        for name in names(node, known)
        if _leads_out(name) and not any(f"{name}.".startswith(f"{one}.") for one in allowed)
    ]


@cache
def _leads_out(name: str) -> bool:
    return (
        any(f"{name}.".startswith(f"{client}.") for client in CLIENTS)
        or name.startswith(RUNNERS)
        or name in {*FROM_VALUES, *ELSEWHERE, "av.open"}
    )


def test_nothing_else_that_ships_can_open_a_connection() -> None:
    """Every other module reaches AWS, through boto3, and nobody else."""
    found = [
        tree.at(path, node)
        for path in tree.python(*SHIPPED)
        if not path.is_relative_to(WAY_OUT)
        for node in ways_out(tree.tree(path), ALLOWED.get(path, (set(), ""))[0])
    ]
    assert found == []


def test_nothing_is_allowed_that_nobody_does() -> None:
    """A permission goes with what it was for."""
    for path, (allowed, reason) in ALLOWED.items():
        assert reason
        assert all(ways_out(tree.tree(path), allowed - {one}) for one in allowed), path


@pytest.mark.parametrize(
    "line",
    [
        "import socket",
        "import http.client",
        "from http import client",
        "from urllib import request",
        "import urllib.request as r",
        "from urllib.request import urlopen",
        "import urllib\nurllib.request.urlopen('https://example.com')",
        "import urllib as u\nfetch = u.request.urlopen",
        "import urllib.parse\nurllib.request.urlopen(url)",
        "import_module('requests')",
        "from importlib import import_module as load\nload(name)",
        "import importlib\nimportlib.import_module(name)",
        "__import__('socket')",
        "__import__(name)",
        "exec(text)",
        "from urllib3.util import Retry",
        "import asyncio",
        "import subprocess\nsubprocess.run(['curl', url])",
        "from subprocess import run",
        "import os\nos.system('curl')",
        "import os\nos.execvp('curl', ['curl', url])",
        "from os import posix_spawn",
        "import os as o\no.popen('curl')",
        "import logging.handlers",
        "from logging.handlers import HTTPHandler",
        "import logging\nlogging.handlers.SocketHandler('host', 1)",
        "from logging import config",
        "import ctypes\nctypes.CDLL(None).connect(1)",
        "import av\nav.open('https://example.com/a.mp4')",
        "import av as media\nmedia.open(url)",
        "from av import open as read\nread(url)",
        "import av.container\nav.container.open(url)",
        "import boto3\nboto3.client('s3', endpoint_url=url)",
        "session.client('s3', config=Config(proxies={'https': url}))",
        "import cv2\ncv2.VideoCapture(url)",
        "import multiprocessing.connection",
    ],
)
def test_a_way_out_is_found(line: str) -> None:
    """In whichever way it is written."""
    assert ways_out(ast.parse(line)) != []


@pytest.mark.parametrize(
    "line",
    [
        "from urllib.parse import quote",
        "import urllib.parse\nurllib.parse.quote('a')",
        "import httpbin_like",
        "import sockets",
        "import os\nos.path.join('a', 'b')",
        "import logging\nlogging.getLogger('a')",
        "import re\nre.compile('a')",
        "with path.open('rb') as file: pass",
        "import av\nav.VideoFrame(1, 1)",
        "boto3.client('s3', config=config)",
        "from importlib.util import find_spec",
    ],
)
def test_what_is_none_is_not_taken_for_one(line: str) -> None:
    """Names that only begin alike, and harmless neighbours."""
    assert ways_out(ast.parse(line)) == []
