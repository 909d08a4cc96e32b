"""Strangers are reached through one package."""

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.house import tree

WAY_OUT: Final = Path("functions/lipwire/adapters/http")
SHIPPED: Final = ("functions", "containers")
#: yt-dlp's requests go through the guard, and nothing else of it gets out: `tests/unit/pages` holds both.
PAGES: Final = Path("functions/pages/resolve.py")
#: Modules with which a connection can be made, or a URL opened; `urllib.parse` only takes texts apart.
CLIENTS: Final = {
    *("socket", "_socket", "ssl", "select", "selectors", "asyncio", "socketserver", "http", "urllib.request"),
    *("ftplib", "smtplib", "poplib", "imaplib", "telnetlib", "nntplib", "xmlrpc", "multiprocessing.connection"),
    *("urllib3", "requests", "httpx", "aiohttp", "pycurl", "websockets", "websocket", "trio", "anyio", "yt_dlp"),
    *("botocore.httpsession", "botocore.awsrequest", "botocore.vendored"),
}  # fmt: skip


def imported(node: ast.AST) -> set[str]:
    """The full names of the modules that a node imports, by statement or by call."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    if isinstance(node, ast.Call) and tree.dotted(node.func).endswith(
        ("import_module", "__import__")
    ):
        return {
            arg.value
            for arg in node.args
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        }
    return set()


def ways_out(module: ast.AST) -> list[ast.AST]:
    """Where a module imports what could make a connection."""
    return [
        node
        for node in ast.walk(module)
        for name in imported(node)
        if any(f"{name}.".startswith(f"{client}.") for client in CLIENTS)
    ]


def test_nothing_else_that_ships_can_open_a_connection() -> None:
    """Every other module reaches AWS, through boto3, and nobody else."""
    found = [
        tree.at(path, node)
        for path in tree.python(*SHIPPED)
        if not path.is_relative_to(WAY_OUT)
        for node in ways_out(tree.tree(path))
        if path != PAGES or not all(name.startswith("yt_dlp") for name in imported(node))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    ["import socket", "import http.client", "from http import client", "from urllib import request", "import urllib.request as r",
     "from urllib.request import urlopen", "import_module('requests')", "from urllib3.util import Retry", "import asyncio"],
)  # fmt: skip
def test_a_way_out_is_found(line: str) -> None:
    """In whichever way it is written."""
    assert ways_out(ast.parse(line)) != []


@pytest.mark.parametrize(
    "line", ["from urllib.parse import quote", "import httpbin_like", "import sockets"]
)
def test_what_is_none_is_not_taken_for_one(line: str) -> None:
    """Names that only begin alike."""
    assert ways_out(ast.parse(line)) == []
