"""Media from web pages is taken only where the operator says so; voices of an operator's own likewise are nowhere else."""

import aws_cdk as cdk
import pytest

from infra.config import DeployConfig
from infra.system import System
from tests.infra.conftest import of_type


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_it_is_off_unless_turned_on(stage, stub):
    """No function, no layer, and nobody may ask for one."""
    assert not DeployConfig.of(stage).page_sources
    if stage == "local":
        return
    system = System(cdk.App(), config=DeployConfig.of(stage), code=stub)
    names = {node.node.id for stack in system.stacks for node in stack.node.find_all()}
    assert names & {"ResolvePage", "PagesLayer", "NetworksLayer", "VoicesLayer"} == set()
    assert {"FetchSources", "MediaLayer"} <= names


def test_the_function_that_reads_pages_may_do_nothing(aws):
    """But write its own log; the step that asks for it may invoke it, and nobody else."""
    policies = of_type(aws, "AWS::IAM::Policy")
    own = [policy for name, policy in policies.items() if "ResolvePage" in name]
    actions = {
        action
        for policy in own
        for statement in policy["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    assert actions == {"logs:CreateLogStream", "logs:PutLogEvents"}
    asking = [name for name, policy in policies.items() if "ResolvePageFunction" in str(policy)]
    assert len(asking) == 1
    assert "FetchSources" in asking[0]
