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


def test_images_are_built_before_anything_names_them(monkeypatch):
    """Images' stack, build, then everything; region, project and profile are those the CLI was told."""
    outputs = {
        "ImageProject": "arn:aws:codebuild:eu-north-1:123456789012:project/Images-1",
        "ApiUrl": "https://abc.execute-api.eu-north-1.amazonaws.com",
    }
    project = CodeBuild(("SUCCEEDED", "COMPLETED"))
    order = []

    def told(_stage, _options, *, stacks=("--all",)):
        order.append(tuple(stacks))
        return outputs

    class Session:
        def __init__(self, *, profile_name):
            order.append(profile_name)

        def client(self, service, *, region_name):
            order.append((service, region_name))
            return project

    monkeypatch.setattr(deploy, "deploy", told)
    monkeypatch.setattr(deploy.boto3, "Session", Session)
    assert deploy.main("dev", "--profile", "lab") == 0
    assert order == [
        ("lipwire-dev-images",),
        "lab",
        ("codebuild", "eu-north-1"),
        ("--all",),
    ]
    assert project.started == ["Images-1"]
