"""The table of warnings holds what is emitted, and nothing else."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from lipwire.domain.warnings import MESSAGES
from tests.house import tree

EXTRAS: Final = Path("functions/lipwire/render/media/extras.py")
LOOK: Final = Path("functions/lipwire/render/media/look.py")
GLUE: Final = Path("functions/lipwire/engines/retarget.py")
TOLD: Final = Path("functions/lipwire/render/told.py")
TABLE: Final = Path("functions/lipwire/domain/warnings.py")
#: Mappings whose values are codes.
MAPPINGS: Final = {"_LOST_SIDE_DATA", "_REASONS"}


def _appended(node: ast.AST) -> ast.AST | None:
    is_it = isinstance(node, ast.Call) and tree.dotted(node.func) == "warnings.append"
    return node if is_it else None


def _collected(node: ast.AST) -> ast.AST | None:
    if isinstance(node, ast.Subscript) and tree.dotted(node.value) == "codes":
        return node.slice
    return None


def _returned(node: ast.AST) -> ast.AST | None:
    is_it = isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
    return node if is_it else None


#: Where the bare words stand in the renderer.
BARE: Final[dict[Path, Callable[[ast.AST], ast.AST | None]]] = {
    EXTRAS: lambda node: node.value if isinstance(node, ast.Yield) else None,
    LOOK: lambda node: _appended(node) or _returned(node),
    GLUE: _collected,
    TOLD: _collected,
}


def words(node: ast.AST | None) -> Iterator[str]:
    """The texts within a node; one with a hole ends in `*`."""
    if node is None:
        return
    holes = [child for child in ast.walk(node) if isinstance(child, ast.JoinedStr)]
    inside = {id(part) for hole in holes for part in ast.walk(hole)}
    for hole in holes:
        yield "".join(
            getattr(part, "value", "*") if isinstance(part, ast.Constant) else "*"
            for part in hole.values
        )
    for child in ast.walk(node):
        if (
            isinstance(child, ast.Constant)
            and isinstance(child.value, str)
            and id(child) not in inside
        ):
            yield child.value


def codes_in(path: Path) -> Iterator[str]:
    """What a file makes a warning of, maps to a code, appends to its warnings, yields, or returns beside a look."""
    for node in ast.walk(tree.tree(path)):
        if isinstance(node, ast.Call) and tree.dotted(node.func) == "JobWarning.of":
            yield from words(node.args[0])
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if tree.dotted(target) in MAPPINGS:
                for value in node.value.values:
                    yield from words(value)
        elif path in BARE:
            yield from words(BARE[path](node))


def emitted() -> set[str]:
    """Every code that the product can put on a job; `codec_replaced_by_*` stands for each codec taken instead."""
    found = {code for path in tree.python("functions") for code in codes_in(path)}
    instead = next(
        node.value
        for node in tree.tree(LOOK).body
        if isinstance(node, ast.Assign) and tree.dotted(node.targets[0]) == "_INSTEAD"
    )
    return {
        whole for code in found for whole in {code.replace("*", codec) for codec in words(instead)}
    }


def test_every_code_that_is_emitted_has_its_sentence() -> None:
    """Those of the renderer, which are bare words there, as well as those of the checks."""
    found = emitted()
    assert {
        "codec_replaced_by_hevc",
        "deinterlaced",
        "subtitles_dropped",
        "doubtful_mouths",
    } <= found
    assert {"odd_size_cropped", "mouth_closed_in_source", "option_without_effect"} <= found
    assert found - set(MESSAGES) == set()


def test_no_sentence_is_there_for_nothing() -> None:
    """A code that nothing emits promises what is never told."""
    assert set(MESSAGES) - emitted() == set()
