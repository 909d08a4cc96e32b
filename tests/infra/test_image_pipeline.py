"""What CodeBuild is told to build."""

import json

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk.assertions import Template

from infra.constructs.image_pipeline import ImagePipeline
from lipwire import engines
from lipwire.domain.engines import Device
from tests.infra.conftest import of_type


def commands(project) -> str:
    """The build's commands, references and all."""
    return json.dumps(project["Source"]["BuildSpec"])


def test_every_device_that_engines_ask_for_gets_its_image(stub):
    """Built under the content's hash, unless that tag is there already."""
    stack = cdk.Stack(cdk.App(), "Images")
    repositories = {device: ecr.Repository(stack, device.value) for device in Device}
    ImagePipeline(stack, code=stub, repositories=repositories)
    found = Template.from_stack(stack).find_resources("AWS::CodeBuild::Project")
    (project,) = [one["Properties"] for one in found.values()]
    text = commands(project)
    for dockerfile in ("containers/inference/Dockerfile ", "containers/inference/Dockerfile.cuda "):
        assert text.count(f"docker build -f {dockerfile}") == 1
    assert text.count(f"--image-ids imageTag={stub.image_tag}") == len(Device)


def test_no_image_is_built_that_no_engine_asks_for(aws):
    """One build command for each device among the engines."""
    (project,) = of_type(aws, "AWS::CodeBuild::Project").values()
    used = {spec.device for spec in engines.specs().values()}
    assert commands(project).count("docker build") == len(used)


def test_definitions_name_the_tag_that_is_built(aws, stub):
    """The hash of what the image is made from."""
    for definition in of_type(aws, "AWS::Batch::JobDefinition").values():
        assert f":{stub.image_tag}" in json.dumps(definition["ContainerProperties"]["Image"])
