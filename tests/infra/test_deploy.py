"""What `make deploy` does besides calling the CLI."""

import pytest

from infra import deploy


class CodeBuild:
    """A project whose build passes through these states."""

    def __init__(self, *builds) -> None:
        self.started: list[str] = []
        self._builds = [
            {"id": "images:1", "buildStatus": status, "currentPhase": phase}
            for status, phase in builds
        ]

    def start_build(self, **request):
        self.started.append(request["projectName"])
        return {"build": self._builds.pop(0)}

    def batch_get_builds(self, *, ids):
        assert ids == ["images:1"]
        return {"builds": [self._builds.pop(0)]}


def test_the_images_build_is_waited_for_and_each_phase_told_once():
    """Until it has succeeded."""
    project = CodeBuild(
        ("IN_PROGRESS", "QUEUED"),
        ("IN_PROGRESS", "BUILD"),
        ("IN_PROGRESS", "BUILD"),
        ("SUCCEEDED", "COMPLETED"),
    )
    said, waits = [], []
    deploy.build_images(project, "images", say=said.append, pause=waits.append)
    assert project.started == ["images"]
    assert said == ["images: queued", "images: build"]
    assert len(waits) == 3


@pytest.mark.parametrize("status", ["FAILED", "FAULT", "STOPPED", "TIMED_OUT"])
def test_a_build_that_ends_otherwise_fails_the_deployment(status):
    """A stage that can't render is no success."""
    project = CodeBuild(("IN_PROGRESS", "BUILD"), (status, "COMPLETED"))
    with pytest.raises(deploy.DeployError, match=status):
        deploy.build_images(project, "images", say=lambda _: None, pause=lambda _: None)


@pytest.mark.parametrize("stage", ["local", "Prod", "a-b", "", "x" * 13])
def test_only_a_stage_of_aws_is_deployed(stage):
    """Refused before the CLI is called."""
    with pytest.raises(deploy.DeployError):
        deploy.deploy(stage, [])


def test_the_client_goes_where_the_cli_has_deployed(monkeypatch):
    """Region and project come from the output, not from this process's own settings."""
    outputs = {
        "ImageProject": "arn:aws:codebuild:eu-north-1:123456789012:project/Images-1",
        "ApiUrl": "https://abc.execute-api.eu-north-1.amazonaws.com",
    }
    project = CodeBuild(("SUCCEEDED", "COMPLETED"))
    asked = []

    def client(service, *, region_name):
        asked.append((service, region_name))
        return project

    monkeypatch.setattr(deploy, "deploy", lambda _stage, _options: outputs)
    monkeypatch.setattr(deploy.boto3, "client", client)
    assert deploy.main("dev") == 0
    assert asked == [("codebuild", "eu-north-1")]
    assert project.started == ["Images-1"]
