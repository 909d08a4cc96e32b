"""Every rule of the synthesized templates lets through the samples of its own events, and of no others."""

import json
from typing import Any

import pytest

from events import generate
from lipwire.domain.events import EVENTS
from tests.infra.conftest import Templates, of_type
from tests.support.patterns import matches

SAMPLES = [
    json.loads(path.read_text())
    for event in EVENTS.values()
    for path in (generate.HERE / generate.folder_of(event)).glob("*l.json")
]
ON_BUS = [
    {
        "source": f"lipwire.{EVENTS[about['type'], about['version']].context}",
        "detail-type": about["type"],
        "detail": detail,
    }
    for detail in SAMPLES
    for about in [detail["metadata"]]
]


def rules(templates: Templates, *, is_ours: bool) -> list[dict[str, Any]]:
    """Patterns of the rules on our bus, or of those on AWS's."""
    return [
        rule["EventPattern"]
        for rule in of_type(templates, "AWS::Events::Rule").values()
        if "EventPattern" in rule and ("EventBusName" in rule) is is_ours
    ]


@pytest.mark.parametrize("stage", ["aws", "local"])
def test_each_rule_routes_one_consumers_events(stage: str, request: pytest.FixtureRequest) -> None:
    """As many rules as consumers that listen, and each lets through what its spec names."""
    routed = [
        {event["detail-type"] for event in ON_BUS if matches(pattern, event)}
        for pattern in rules(request.getfixturevalue(stage), is_ours=True)
    ]
    named = [set(spec.events) for spec in generate.consumers().values() if spec.events]
    assert sorted(map(sorted, routed)) == sorted(map(sorted, named))
    assert all(routed)


def test_rules_on_what_aws_sends_let_none_of_ours_through(aws: Templates) -> None:
    """The two buses don't mix."""
    patterns = rules(aws, is_ours=False)
    assert patterns
    for pattern in patterns:
        assert all(source.startswith("aws.") for source in pattern["source"])
        assert not {event["source"] for event in ON_BUS} & set(pattern["source"])
