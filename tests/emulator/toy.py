"""A small stack that uses each thing the extension adds, as a plain CloudFormation template."""

import json
from typing import Any

#: The retry rules of this system's own job definitions.
RULES = [
    {"OnReason": "OutOfMemoryError*", "Action": "EXIT"},
    {"OnStatusReason": "Host EC2*", "Action": "RETRY"},
    {"OnExitCode": "75", "Action": "RETRY"},
    {"OnExitCode": "137", "Action": "RETRY"},
    {"OnExitCode": "*", "Action": "EXIT"},
]

IMPORTS = """
import importlib.util, os, sys
def handler(event, context):
    names = ["boto3", "pydantic", "aws_cdk", "ministack", "pytest", "infra"]
    found = [name for name in names if importlib.util.find_spec(name)]
    return {"found": found, "environment": sorted(os.environ), "mine": os.environ["MINE"]}
"""

RAISES = """
class SourceRejected(Exception):
    pass
def handler(event, context):
    raise SourceRejected("too dark")
"""

SUBMITS = """
import boto3, os
def handler(event, context):
    batch = boto3.client("batch")
    try:
        return batch.submit_job(jobName="by-function", jobQueue=event["queue"],
                                jobDefinition=event["definition"], parameters={"what": "exit-0"})["jobId"]
    except batch.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
"""


def _trust(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def _role(service: str, *statements: dict[str, Any]) -> dict[str, Any]:
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    properties: dict[str, Any] = {"AssumeRolePolicyDocument": _trust(service)}
    if statements:
        properties["Policies"] = [{"PolicyName": "Inline", "PolicyDocument": policy}]
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def _allow(action: str, resource: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _function(code: str, role: str, **environment: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Architectures": ["arm64"],
            "Handler": "index.handler",
            "Timeout": 20,
            "Role": {"Fn::GetAtt": [role, "Arn"]},
            "Code": {"ZipFile": code},
            "Environment": {"Variables": environment},
        },
    }


def _machine(states: dict[str, Any]) -> dict[str, Any]:
    definition = {"StartAt": next(iter(states)), "States": states}
    return {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": {"Fn::GetAtt": ["MachineRole", "Arn"]},
            "DefinitionString": {"Fn::Sub": json.dumps(definition)},
        },
    }


def _definition(**more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Batch::JobDefinition",
        "Properties": {
            "Type": "container",
            "Parameters": {"what": "exit-0"},
            "ContainerProperties": {
                "Image": "toy",
                "Command": ["python", "job.py", "Ref::what"],
                "Environment": [
                    {"Name": "BUCKET", "Value": {"Ref": "Bucket"}},
                    {"Name": "KEPT", "Value": "definition"},
                ],
                "ResourceRequirements": [
                    {"Type": "VCPU", "Value": "1"},
                    {"Type": "MEMORY", "Value": "200"},
                ],
                "JobRoleArn": {"Fn::GetAtt": ["JobRole", "Arn"]},
            },
            "RetryStrategy": {"Attempts": 3, "EvaluateOnExit": RULES},
            **more,
        },
    }


def template() -> dict[str, Any]:
    """The whole stack."""
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "JobRole": _role("ecs-tasks", _allow("s3:PutObject", {"Fn::Sub": "${Bucket.Arn}/out/*"})),
        "MachineRole": _role("states"),
        "PlainRole": _role("lambda"),
        "SubmitRole": _role(
            "lambda",
            _allow("batch:SubmitJob", [{"Ref": "Definition"}, {"Ref": "Queue"}, {"Ref": "Lonely"}]),
        ),
        "Environment": {
            "Type": "AWS::Batch::ComputeEnvironment",
            "Properties": {"Type": "MANAGED", "ComputeResources": {"Type": "EC2", "MaxvCpus": 2}},
        },
        "Queue": _queue(),
        "OtherQueue": _queue(),
        "Definition": _definition(),
        "Lonely": _definition(),
        "Unlisted": _definition(),
        "Imports": _function(IMPORTS, "PlainRole", MINE="here"),
        "Raises": _function(RAISES, "PlainRole"),
        "Submits": _function(SUBMITS, "SubmitRole"),
        "Catching": _machine(
            {
                "Try": {
                    "Type": "Task",
                    "Resource": "${Raises.Arn}",
                    "End": True,
                    "Catch": [{"ErrorEquals": ["SourceRejected"], "Next": "Caught"}],
                },
                "Caught": {"Type": "Pass", "End": True},
            }
        ),
        "Rendering": _machine(
            {
                "Render": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::batch:submitJob.sync",
                    "Parameters": {
                        "JobName.$": "$.name",
                        "JobQueue": "${Queue}",
                        "JobDefinition": "${Definition}",
                        "Parameters": {"what.$": "$.what"},
                    },
                    "End": True,
                }
            }
        ),
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"GenerateSecretString": {"PasswordLength": 20}},
        },
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
        "FlowLog": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {"ResourceId": {"Ref": "Vpc"}, "ResourceType": "VPC"},
        },
        "Events": {"Type": "AWS::SQS::Queue"},
        "JobStates": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {
                    "source": ["aws.batch"],
                    "detail-type": ["Batch Job State Change"],
                    "detail": {"status": ["SUCCEEDED", "FAILED"]},
                },
                "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Events", "Arn"]}}],
            },
        },
        "EventsPolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Events"}],
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "events.amazonaws.com"},
                            "Action": "sqs:SendMessage",
                            "Resource": {"Fn::GetAtt": ["Events", "Arn"]},
                        }
                    ],
                },
            },
        },
        "Insecure": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": {"Fn::Sub": "${Bucket.Arn}/*"},
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ],
                },
            },
        },
        "Emptied": {
            "Type": "Custom::S3AutoDeleteObjects",
            "Properties": {"ServiceToken": "none", "BucketName": {"Ref": "Bucket"}},
        },
    }
    refs: tuple[str, ...] = (
        "Bucket",
        "Queue",
        "OtherQueue",
        "Definition",
        "Lonely",
        "Unlisted",
        "Imports",
        "Raises",
    )
    refs += ("Submits", "Catching", "Rendering", "Secret", "Table", "Events")
    outputs: dict[str, Any] = {name: {"Value": {"Ref": name}} for name in refs}
    outputs["Block"] = {"Value": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}
    return {"Resources": resources, "Outputs": outputs}


def _queue() -> dict[str, Any]:
    return {
        "Type": "AWS::Batch::JobQueue",
        "Properties": {
            "Priority": 1,
            "ComputeEnvironmentOrder": [{"Order": 1, "ComputeEnvironment": {"Ref": "Environment"}}],
        },
    }
