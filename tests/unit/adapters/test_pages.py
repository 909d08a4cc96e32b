"""What looks for media on pages, asked from outside."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from lipwire.adapters.pages import LambdaPages
from lipwire.bootstrap import App
from lipwire.domain.errors import BusyError, PageWithoutMediaError
from tests.support.lambdas import LambdaClient

PAGE, FILE = "https://talks.example/1", "https://media.example/1.mp4"


def shown(client: LambdaClient) -> str:
    """Where the file lies."""
    return LambdaPages(client, function="pages").media_url(PAGE, is_picture=True)


def test_the_file_is_what_the_function_says():
    """Asked once, with what is wanted."""
    client = LambdaClient({"url": FILE})
    assert shown(client) == FILE
    assert client.asked == [("pages", {"url": PAGE, "is_picture": True})]


@pytest.mark.parametrize(
    "client",
    [
        LambdaClient({"problem": {"code": "page_without_media", "message": "None."}}),
        LambdaClient({}),
        LambdaClient({"errorType": "Sandbox.Timedout"}, FunctionError="Unhandled"),
    ],
    ids=["none", "nothing said", "broke"],
)
def test_no_file_is_final(client):
    """A page that breaks its reader breaks it again."""
    with pytest.raises(PageWithoutMediaError):
        shown(client)


@pytest.mark.parametrize(
    "client",
    [
        LambdaClient(
            failure=ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
        ),
        LambdaClient(failure=ReadTimeoutError(endpoint_url="https://lambda.example")),
        LambdaClient(["rubbish"]),
    ],
    ids=["throttled", "silent", "rubbish"],
)
def test_a_function_that_cannot_be_reached_is_asked_again(client):
    """Nothing is known of the page yet."""
    with pytest.raises(BusyError):
        shown(client)


def test_pages_are_on_where_the_function_is_deployed(monkeypatch):
    """Nowhere else."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    assert App({}).pages is None
    assert App({"PAGES_FUNCTION": "pages"}).pages is not None
