"""Who speaks may write uploads and read nothing; Amazon Polly is asked only where the operator says so."""

import pytest

from infra.config import DeployConfig
from tests.infra.conftest import of_type


@pytest.mark.parametrize("stage", ["prod", "local"])
def test_polly_is_off_unless_turned_on(stage):
    """It is AWS's to be paid."""
    assert not DeployConfig.of(stage).polly
    assert DeployConfig.of(stage, polly=True).polly


def test_the_function_that_speaks_may_write_uploads_and_no_more(aws):
    """And is the only one that may ask Amazon Polly; the two steps that have texts spoken may invoke it."""
    policies = of_type(aws, "AWS::IAM::Policy")
    speaking = {name: str(one) for name, one in policies.items() if "polly:" in str(one)}
    assert len(speaking) == 1
    (name,) = speaking
    assert "SpeakRole" in name
    statements = policies[name]["PolicyDocument"]["Statement"]
    actions = {
        action
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    assert actions == {
        *("logs:CreateLogStream", "logs:PutLogEvents", "polly:SynthesizeSpeech"),
        *("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    }
    invoking = {one for one, policy in policies.items() if "SpeakFunction" in str(policy)}
    assert {one for one in invoking if "FetchSources" in one or "ProbeAsset" in one} == invoking
    assert len(invoking) == 2
