"""What the documents must mention, and that their links lead somewhere."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from lipwire import dialects, engines
from lipwire.domain.webhooks import WEBHOOK_TYPES
from lipwire.function_specs import FunctionSpec
from lipwire.resources import Resource
from tests.house import tree
from workflow.specs import FETCH_SOURCES, with_pages

DOCUMENTS: Final = [path for path in tree.files() if path.suffix == ".md"]
LINK: Final = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def everything() -> str:
    """README, CONTRIBUTING and docs, one after the other."""
    return "\n".join(tree.text(path) for path in DOCUMENTS)


def function_specs() -> Iterator[FunctionSpec]:
    """Every function that a spec module declares."""
    for path in tree.python("functions"):
        if path.name in {"spec.py", "specs.py"}:
            name = ".".join(path.relative_to("functions").with_suffix("").parts)
            for value in vars(importlib.import_module(name)).values():
                spec = getattr(value, "function", value)
                if isinstance(spec, FunctionSpec):
                    yield spec


def test_every_make_target_is_explained() -> None:
    """Each target that `make` lists stands in the documents as `make <target>`."""
    targets = re.findall(r"^([a-z-]+):.*## ", tree.text(Path("Makefile")), flags=re.MULTILINE)
    documents = everything()
    assert targets
    missing = [name for name in targets if not re.search(rf"\bmake {name}\b", documents)]
    assert [name for name in missing if name != "help"] == []


def test_every_route_is_in_the_api_document() -> None:
    """The table of routes in the API document is complete."""
    document = tree.text(Path("docs/architecture/01-api-and-dialects.md"))
    routes = {f"{route.method} {route.path}" for route in dialects.all_routes()}
    assert [route for route in sorted(routes) if f"`{route}`" not in document] == []


def test_every_dialect_engine_and_webhook_type_is_mentioned() -> None:
    """Whoever reads the documents has heard of everything there is."""
    documents = everything()
    names = {*dialects.names(), *engines.specs(), *WEBHOOK_TYPES.values()}
    assert [name for name in sorted(names) if name not in documents] == []


def test_every_stage_parameter_is_read_by_settings() -> None:
    """No function is given a variable that nothing reads."""
    settings = tree.text(Path("functions/lipwire/settings.py"))
    parameters = {name for spec in function_specs() for name in spec.parameters}
    assert parameters
    assert [name for name in sorted(parameters) if f'"{name}"' not in settings] == []


def test_every_resource_is_needed_by_a_function() -> None:
    """No table, bucket, queue or state machine is there for nobody."""
    specs = [*function_specs(), with_pages(FETCH_SOURCES)]
    needed = {need.resource for spec in specs for need in spec.needs}
    assert set(Resource) - needed == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_links_lead_somewhere(path: Path) -> None:
    """A link within the repository names a file that is there, and a heading that it has."""
    broken = []
    for target in LINK.findall(tree.text(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (tree.ROOT / path).parent / name if name else tree.ROOT / path
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            broken.append(target)
    assert broken == []


def anchors(document: Path) -> set[str]:
    """The headings of a document, as links name them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
