"""The state machines: snapshots for review, and what must hold of their graphs."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.infra.conftest import of_type

SNAPSHOTS = Path(__file__).parent / "snapshots"
#: Results that travel on: targets, ids, a yes or no, errors.
KEPT = {"$.plan", "$.analysis", "$.analyze", "$.prepare", "$.render", "$.assemble"}
MACHINES = ("LipsyncJob", "AnalyzeSource")


@pytest.fixture(params=MACHINES)
def machine(request, aws):
    """A name and its definition."""
    return request.param, definition_of(request.param, aws)


@pytest.fixture
def job(aws):
    """The definition of the machine in which money moves."""
    return definition_of("LipsyncJob", aws)


def definition_of(name: str, templates):
    """A machine's definition; functions are named, hashes are not."""
    for key, properties in of_type(templates, "AWS::StepFunctions::StateMachine").items():
        if name in key:
            return json.loads(text_of(properties["DefinitionString"]))
    raise AssertionError(name)


def text_of(value) -> str:
    """CloudFormation's joined text, every reference by its readable name."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        glue, parts = value["Fn::Join"]
        return glue.join(text_of(part) for part in parts)
    if "Fn::GetAtt" in value:
        return re.sub(r"[0-9A-F]{8}$", "", value["Fn::GetAtt"][0])
    return str(value["Ref"]).replace("AWS::Partition", "aws")


def test_the_definition_is_the_one_reviewed(machine):
    """`UPDATE_SNAPSHOTS=1` writes it anew; the diff is what changes."""
    name, definition = machine
    path = SNAPSHOTS / f"{name}.asl.json"
    text = json.dumps(definition, indent=2) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text)
    assert path.read_text() == text


def following(state) -> set[str]:
    """Where a state may lead."""
    found = {state[key] for key in ("Next", "Default") if key in state}
    found |= {choice["Next"] for choice in state.get("Choices", [])}
    return found | {catch["Next"] for catch in state.get("Catch", [])}


def paths(definition, name=None, seen=()):
    """Every way through the graph."""
    name = name or definition["StartAt"]
    assert name not in seen, "a workflow has no loops"
    onward = following(definition["States"][name])
    if not onward:
        yield (*seen, name)
    for target in onward:
        yield from paths(definition, target, (*seen, name))


def test_every_task_has_a_timeout_and_a_retry(machine):
    """Nothing waits for ever."""
    _, definition = machine
    assert definition["TimeoutSeconds"] > 0
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            assert 0 < state["TimeoutSeconds"] < definition["TimeoutSeconds"], name
            assert state["Retry"], name


def test_every_state_is_reachable(machine):
    """No dead branch."""
    _, definition = machine
    assert {name for path in paths(definition) for name in path} == set(definition["States"])


def test_a_job_is_paid_or_released_exactly_once(job):
    """Every way ends in success after SettleJob, or in failure after FailJob; a failed settle leads to FailJob."""
    for path in paths(job):
        assert path[-1] in {"JobSucceeded", "JobFailed"}
        assert ("FailJob" in path) == (path[-1] == "JobFailed")
        assert path.count("SettleJob") <= 1
        if path[-1] == "JobSucceeded":
            assert path[-2] == "SettleJob"


def test_every_step_of_a_job_can_fail_into_the_failure_lane(job):
    """But the lane itself, whose failure is an alarm."""
    for state_name, state in job["States"].items():
        if state["Type"] == "Task" and state_name != "FailJob":
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], state_name
            assert state["Catch"][-1]["Next"] == "FailJob", state_name


def test_at_most_fifteen_paid_transitions(machine):
    """Orchestration stays the smallest part of a job's price."""
    _, definition = machine
    assert max(len(path) for path in paths(definition)) <= 15


def test_executions_carry_only_ids(machine):
    """No state's result but small targets and errors travels on."""
    _, definition = machine
    for name, state in definition["States"].items():
        if state["Type"] == "Task":
            kept = state.get("ResultPath")
            assert kept is None or kept in KEPT, name


def test_parts_are_an_array_between_preparing_and_assembling(job):
    """As many children as the plan says; a job of one part goes the short way."""
    states = job["States"]
    array = states["RenderShards"]["Parameters"]
    assert array["ArrayProperties"] == {"Size.$": "$.plan.shards"}
    one = states["RenderOne"]["Parameters"]
    assert "ArrayProperties" not in one
    assert array["Parameters"]["task"] == one["Parameters"]["task"] == "render"
    assert following(states["PrepareShards"]) >= {"RenderShards"}
    assert following(states["RenderShards"]) >= {"AssembleOutput"}
    assert following(states["AssembleOutput"]) >= {"SettleJob"}
    (choice,) = states["InParts"]["Choices"]
    # Batch takes no array of one.
    assert (choice["Variable"], choice["NumericGreaterThan"]) == ("$.plan.shards", 1)
    assert choice["Next"] == "PrepareShards"
    assert states["InParts"]["Default"] == "RenderOne"
