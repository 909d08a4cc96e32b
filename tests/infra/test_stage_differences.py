"""The local template is the AWS template, but for this list (D2)."""

import re
from typing import Any

import pytest

from infra.config import DeployConfig
from lipwire.settings import Settings

#: Where the two may differ, as a pattern of the path in the template, and why.
DIFFERENCES = {
    r"AWS::Lambda::Function/Properties/(Runtime|Architectures)": "the interpreter and processor at hand",
    r"AWS::Lambda::LayerVersion/Properties/(CompatibleRuntimes|Content)": "layers built for them",
    r"AWS::Lambda::Function/Properties/Environment/Variables/LIPWIRE_STAGE": "the stage's name",
    r"AWS::Lambda::Function/Properties/Environment/Variables/LOOPBACK_ALLOWED": "loopback receivers",
    r"AWS::Batch::JobDefinition/Properties/ContainerProperties/Environment": "the stage's name",
    r"AWS::(S3::Bucket|DynamoDB::Table)/(DeletionPolicy|UpdateReplacePolicy)": "data outlives AWS stacks",
    r"AWS::DynamoDB::Table/Properties/DeletionProtectionEnabled": "data outlives AWS stacks",
    r"AWS::CloudWatch::Alarm/Properties/Dimensions": "the stage's name",
    r"AWS::ECR::Repository/Properties/EmptyOnDelete": "no image is ever pushed locally",
    r".*/Tags.*": "the stage's name",
}


def test_the_two_clouds_differ_only_where_we_say(aws, local):
    """Every difference is on the list, and every entry of the list is used."""
    assert set(aws) == set(local)
    used = set()
    unnamed = []
    for stack in aws:
        for path in differences(normal(aws[stack]), normal(local[stack])):
            known = [pattern for pattern in DIFFERENCES if re.fullmatch(f".*{pattern}.*", path)]
            used.update(known)
            if not known:
                unnamed.append(f"{stack}: {path}")
    assert unnamed == []
    needed = {pattern for pattern in DIFFERENCES if not pattern.startswith(".*")}
    assert needed <= used


def test_only_the_local_stage_may_call_loopback(aws, local):
    """No AWS stage can let webhooks reach this machine."""
    assert loopback(local) == {"1"}
    assert loopback(aws) == {"0"}


@pytest.mark.parametrize("stage", ["prod", "dev", "locale", "local2", "test"])
def test_no_other_stage_can_be_configured_to_call_loopback(stage):
    """Neither by its configuration, nor by a variable that somebody sets by hand."""
    assert not DeployConfig.of(stage).loopback_allowed
    assert not Settings({"LIPWIRE_STAGE": stage, "LOOPBACK_ALLOWED": "1"}).loopback


def loopback(templates) -> set[str]:
    """Every value of the loopback parameter."""
    return {
        resource["Properties"]["Environment"]["Variables"]["LOOPBACK_ALLOWED"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
        and "LOOPBACK_ALLOWED" in resource["Properties"].get("Environment", {}).get("Variables", {})
    }


def normal(template: dict[str, Any]) -> dict[str, Any]:
    """Resources by type and logical id; hashes of assets and versions, and the stage's name, made one."""
    resources = {}
    for name, resource in template["Resources"].items():
        resources[f"{_unhashed(name)}:{resource['Type']}"] = resource
    return _clean(resources)


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    if isinstance(value, str):
        return _unhashed(value.replace("lipwire-prod", "lipwire-local"))
    return value


def _unhashed(text: str) -> str:
    """Layer versions carry a hash of their content in their name, wired queues the stage's name and its hash."""
    text = re.sub(r"(Layer[0-9A-F]{8})[0-9a-f]{10}", r"\1", text)
    return re.sub(r"lipwire(prod|local)(events\w*?)[0-9A-F]{8,16}$", r"lipwire\2", text)


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Paths at which the two differ; a resource's path has its type in place of its name."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = []
        for key in sorted({*one, *other}):
            step = key.rpartition(":AWS::")[2] if ":AWS::" in key else None
            below = f"{path}/AWS::{step}" if step else f"{path}/{key}"
            if key not in one or key not in other:
                found.append(below)
            else:
                found += differences(one[key], other[key], below)
        return found
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            found
            for index, (a, b) in enumerate(zip(one, other, strict=True))
            for found in differences(a, b, f"{path}/{index}")
        ]
    return [] if one == other else [path]


@pytest.mark.parametrize(
    "name",
    [
        "api.example.com:443",
        "https://api.example.com",
        "api.example.com/",
        "*.example.com",
        "one two",
    ],
)
def test_own_hosts_are_bare_names(name):
    """Anything else would guard nothing."""
    with pytest.raises(ValueError, match="own_hosts"):
        DeployConfig.of("prod", own_hosts=name)


def test_own_hosts_stand_between_commas():
    """With blanks, or without."""
    config = DeployConfig.of("prod", own_hosts="api.example.com, cdn.example.com,")
    assert config.own_hosts == ("api.example.com", "cdn.example.com")
