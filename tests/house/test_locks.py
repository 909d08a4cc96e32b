"""What the locks promise: the same bytes on every machine, from wherever that machine gets its packages."""

import json
import re
from pathlib import Path

import pytest

from tests.house import tree

LOCKS = [
    path for path in tree.files() if path.is_relative_to("requirements") and path.suffix == ".txt"
]


@pytest.mark.parametrize("path", LOCKS, ids=str)
def test_every_locked_package_has_an_exact_version_and_a_hash(path: Path) -> None:
    """Each requirement is `name==version` followed by at least one sha256."""
    joined = tree.text(path).replace("\\\n", " ")
    requirements = [
        line for line in joined.splitlines() if line.strip() and not line.startswith("#")
    ]
    assert requirements
    for line in requirements:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,]+\])?==[\w.+!]+(\s|$)", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("path", LOCKS, ids=str)
def test_a_lock_names_no_host(path: Path) -> None:
    """No lock says where packages come from."""
    assert "://" not in tree.text(path)


@pytest.mark.parametrize("path", LOCKS, ids=str)
def test_every_lock_has_its_request(path: Path) -> None:
    """A lock is made from the `.in` file beside it."""
    assert path.with_suffix(".in") in tree.files()


def test_the_node_lock_names_no_host() -> None:
    """npm's lock holds integrity hashes and no address: neither `resolved` nor `funding`."""
    text = tree.text(Path("package-lock.json"))
    assert "://" not in text
    packages = json.loads(text)["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    assert [name for name, package in installed.items() if "integrity" not in package] == []
