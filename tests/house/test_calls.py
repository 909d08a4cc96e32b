"""Which module may call what."""

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.house import tree

SHIPPED: Final = ("functions", "containers")

MAY_READ_THE_ENVIRONMENT: Final = {
    Path("app.py"),
    Path("functions/lipwire/bootstrap.py"),
    Path("functions/lipwire/operator.py"),
    # Hands on to its child where Python's own libraries lie, and nothing else.
    Path("functions/probe/box.py"),
}
SYSTEM: Final = Path("functions/lipwire/adapters/system.py")
CLOCKS: Final = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today"),
    *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.date.today"),
    *("time.time", "time.time_ns"),
}
CHANCE: Final = {"uuid", "secrets", "random"}
#: Waiting a random moment before the next try decides nothing that a test would want to know.
MAY_JITTER: Final = {Path("functions/lipwire/adapters/dynamodb/table.py")}

AWS_PACKAGES: Final = {"boto3", "botocore", "aws_cdk"}
MAY_KNOW_AWS: Final = ("functions/lipwire/adapters", "containers")

#: What is measured from 0 to 1, and so is neither money nor time.
SHARES: Final = {"x", "y", "width", "height", "expressiveness", "original_volume"} | {
    *("measure", "_measure", "_EXPRESSIVENESS"),
}

LOGGERS: Final = {"logger", "log", "logging", "_logger", "_log"}
LEVELS: Final = {"debug", "info", "warning", "error", "exception", "critical"}


def calls(path: Path) -> list[ast.Call]:
    """Every call in a file."""
    return [node for node in ast.walk(tree.tree(path)) if isinstance(node, ast.Call)]


def packages(node: ast.AST) -> set[str]:
    """The top-level packages that a statement imports."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").split(".")[0]}
    return set()


def _name(node: ast.AST) -> str:
    """What is annotated: a field, an argument or a function."""
    target = getattr(node, "target", node)
    return str(getattr(target, "id", getattr(target, "arg", getattr(target, "name", ""))))


def test_the_environment_is_read_where_the_app_is_composed() -> None:
    """`os.environ` stands in the composition root and at entries of processes, nowhere else in what ships."""
    found = [
        tree.at(path, node)
        for path in (*tree.python(*SHIPPED), Path("app.py"))
        if path not in MAY_READ_THE_ENVIRONMENT and path.name != "entrypoint.py"
        for node in ast.walk(tree.tree(path))
        if tree.dotted(node) in {"os.environ", "os.getenv", "os.environb", "environ", "getenv"}
    ]
    assert found == []


def test_the_clock_is_asked_in_one_module() -> None:
    """The time of day comes through the `Clock` port; only measuring how long something takes is free."""
    found = [
        tree.at(path, call)
        for path in tree.python(*SHIPPED)
        if path != SYSTEM
        for call in calls(path)
        if tree.dotted(call.func) in CLOCKS
    ]
    assert found == []


def test_ids_and_secrets_are_drawn_in_one_module() -> None:
    """Randomness comes through the `IdSource` port: nothing else imports a source of it."""
    found = [
        tree.at(path, node)
        for path in tree.python(*SHIPPED)
        if path != SYSTEM and path not in MAY_JITTER
        for node in ast.walk(tree.tree(path))
        if packages(node) & CHANCE or tree.dotted(node) == "os.urandom"
    ]
    assert found == []


def test_only_adapters_and_the_composition_root_know_aws() -> None:
    """boto3 is imported in adapters, where ports are made and in a container's entry; the CDK nowhere in what ships."""
    found = []
    for path in tree.python(*SHIPPED):
        if path in {Path("functions/lipwire/bootstrap.py"), Path("functions/lipwire/wiring.py")}:
            continue
        allowed = any(path.is_relative_to(folder) for folder in MAY_KNOW_AWS)
        forbidden = AWS_PACKAGES - ({"boto3", "botocore"} if allowed else set())
        nodes = ast.walk(tree.tree(path))
        found += [tree.at(path, node) for node in nodes if packages(node) & forbidden]
    assert found == []


def test_log_messages_are_constants() -> None:
    """What differs from line to line is a field, so that lines can be counted and no secret slips in."""
    found = [
        tree.at(path, call)
        for path in tree.python(*SHIPPED)
        for call in calls(path)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in LEVELS
        and tree.dotted(call.func.value) in LOGGERS
        and not (
            call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
        )
    ]
    assert found == []


def test_nothing_that_ships_prints() -> None:
    """Functions and containers log; the operator's command writes to its output."""
    found = [
        tree.at(path, call)
        for path in tree.python(*SHIPPED)
        for call in calls(path)
        if tree.dotted(call.func) in {"print", "pprint", "breakpoint"}
    ]
    assert found == []


def test_money_and_media_time_are_never_floats() -> None:
    """The domain says float of shares of 0..1 alone: integers carry their unit, frame rates are fractions."""
    found = [
        tree.at(path, annotation)
        for path in tree.python("functions/lipwire/domain")
        for node in ast.walk(tree.tree(path))
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(annotation, ast.expr)
        and "float" in ast.unparse(annotation)
        and _name(node) not in SHARES
    ]
    assert found == []


@pytest.mark.parametrize("path", [*tree.python("functions/lipwire/usecases")], ids=str)
def test_a_use_case_is_one_function_named_like_its_file(path: Path) -> None:
    """A use-case file has one public function, of the file's name; its helpers are private and below it."""
    if path.name == "__init__.py":
        return
    functions = [node for node in tree.tree(path).body if isinstance(node, ast.FunctionDef)]
    public = [node.name for node in functions if not node.name.startswith("_")]
    assert public == [path.stem]
    assert functions[0].name == path.stem


def test_no_test_patches_our_own_code() -> None:
    """What a test wants to replace is a port: it hands in a fake."""
    found = [
        tree.at(path, call)
        for path in tree.python("tests", "benchmarks")
        for call in calls(path)
        if (name := tree.dotted(call.func)).endswith(("patch", "setattr"))
        and name != "setattr"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and str(call.args[0].value).startswith("lipwire")
    ]
    assert found == []


def test_every_test_says_what_it_shows() -> None:
    """A test's docstring is its claim in words."""
    found = [
        tree.at(path, node)
        for path in tree.python("tests")
        for node in ast.walk(tree.tree(path))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert found == []
