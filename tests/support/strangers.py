"""Servers on loopback that answer as strangers' servers may, and certificates for them."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest

Serve = Callable[[socket.socket, bytes], None]
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextlib.contextmanager
def serving(serve: Serve, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that reads one request per connection and lets `serve` answer it; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(plain: socket.socket) -> None:
        with plain, contextlib.suppress(OSError):
            connection = tls.wrap_socket(plain, server_side=True) if tls else plain
            with connection:
                serve(connection, read_request(connection))

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(5)
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        listener.close()
        thread.join(5)


def read_request(connection: socket.socket) -> bytes:
    """Head and body of one request."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    fields = head.lower().split(b"content-length: ")
    length = int(fields[1].split(b"\r\n")[0]) if len(fields) > 1 else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def says(*answers: bytes) -> Serve:
    """A server that says just this, to one connection after the other; the last one to all that follow."""
    left = list(answers)

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return serve


def dripping(piece: bytes, *, after: bytes = b"", every_s: float = 0.05) -> Serve:
    """A server that never ends: first `after`, then `piece` again and again."""

    def serve(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(after)
        while True:
            connection.sendall(piece)
            time.sleep(every_s)

    return serve


def public_leads_to(monkeypatch: pytest.MonkeyPatch, port: int | None) -> list[tuple[str, int]]:
    """Connections to anything but loopback end at this port, or are refused; gives what was connected to."""
    tried: list[tuple[str, int]] = []
    connect = socket.socket.connect

    def led(stream: socket.socket, address: tuple[str, int]) -> None:
        if not isinstance(address, tuple) or ip_address(address[0]).is_loopback:
            connect(stream, address)
            return
        tried.append(address)
        if port is None:
            raise ConnectionRefusedError
        connect(stream, ("127.0.0.1", port))

    monkeypatch.setattr(socket.socket, "connect", led)
    return tried


def certificate(folder: Path, host: str, *, expired: bool = False) -> Path:
    """A self-signed certificate and its key in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not here to make a certificate with")
    folder.mkdir(exist_ok=True)
    key, cert = folder / "key", folder / "cert"
    new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    new += ["-subj", f"/CN={host}", "-keyout", str(key)]
    names = f"subjectAltName=DNS:{host}"
    if not expired:
        _openssl([*new, "-x509", "-days", "2", "-addext", names, "-out", str(cert)])
    else:
        # Only `openssl ca` dates a certificate back.
        (folder / "index").touch()
        (folder / "conf").write_text(
            f"[ca]\ndefault_ca=one\n[one]\ndatabase={folder}/index\nnew_certs_dir={folder}\nrand_serial=yes\n"
            f"default_md=sha256\npolicy=any\nx509_extensions=names\n[any]\ncommonName=supplied\n[names]\n{names}\n"
        )
        _openssl([*new, "-out", str(folder / "asked")])
        dates = ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]
        given = ["-config", str(folder / "conf"), "-in", str(folder / "asked"), "-out", str(cert)]
        _openssl(["ca", "-batch", "-selfsign", "-notext", "-keyfile", str(key), *dates, *given])
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


def _openssl(arguments: Sequence[str]) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def tls_server(both: Path) -> tuple[ssl.SSLContext, list[str | None]]:
    """A server's side of TLS with this certificate, and the names that its clients asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    return context, names
