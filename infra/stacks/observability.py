"""What wakes somebody: an alarm for each dead-letter queue, state machine and function, and one for the API."""

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.constructs.python_function import PythonFunction
from lipwire.resources import LedgerMetric

_PERIOD = Duration.minutes(5)


class ObservabilityStack(Stack):
    """Alarms to one topic, and one dashboard of what matters."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: list[PythonFunction],
        dead_letters: dict[str, sqs.Queue],
        machines: list[sfn.StateMachine],
        api_id: str,
        stage: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._topic = sns.Topic(self, "Alarms", enforce_ssl=True)
        self._topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self._topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        for name, queue in dead_letters.items():
            self._alarm(
                f"{name}DeadLetters",
                queue.metric_approximate_number_of_messages_visible(
                    period=_PERIOD, statistic="Maximum"
                ),
                f"messages that {name} could not handle",
            )
        for machine in machines:
            failed = machine.metric_failed(period=_PERIOD, statistic="Sum")
            timed_out = machine.metric_timed_out(period=_PERIOD, statistic="Sum")
            self._alarm(f"{machine.node.id}Failed", failed, "an execution left its failure lane")
            self._alarm(f"{machine.node.id}TimedOut", timed_out, "an execution never ended")
        for made in functions:
            self._alarm(
                f"{made.spec.name}Errors",
                made.function.metric_errors(period=_PERIOD, statistic="Sum"),
                f"{made.spec.name} raised or ran out of time",
            )
        faults = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name="5xx",
            dimensions_map={"ApiId": api_id},
            period=_PERIOD,
            statistic="Sum",
        )
        # The functions behind the API answer their own failures as 500, so their alarms don't see these.
        self._alarm("ApiFaults", faults, "the API answered a request with a 5xx status")
        drift = cloudwatch.Metric(
            namespace=LedgerMetric.NAMESPACE,
            metric_name=LedgerMetric.FINDINGS,
            dimensions_map={"service": LedgerMetric.SERVICE, "stage": stage},
            period=_PERIOD,
            statistic="Maximum",
        )
        self._alarm("LedgerDrift", drift, "credits, entries and jobs don't agree; see the logs")
        self._dashboard(functions, machines)
        # Somebody has to subscribe: mail or pager are the operator's choice.
        CfnOutput(self, "AlarmTopic", value=self._topic.topic_arn)

    def _alarm(self, name: str, metric: cloudwatch.Metric, description: str) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            metric=metric,
            threshold=0,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=description,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))

    def _dashboard(self, functions: list[PythonFunction], machines: list[sfn.StateMachine]) -> None:
        board = cloudwatch.Dashboard(self, "Board")
        board.add_widgets(
            cloudwatch.GraphWidget(
                title="Executions",
                left=[
                    metric
                    for machine in machines
                    for metric in (
                        machine.metric_started(),
                        machine.metric_succeeded(),
                        machine.metric_failed(),
                    )
                ],
                width=12,
            ),
            cloudwatch.GraphWidget(
                title="Function errors",
                left=[made.function.metric_errors() for made in functions],
                width=12,
            ),
        )
