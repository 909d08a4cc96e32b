"""What is told holds no secrets: webhooks carry the owner's own results, and what must never be told is known by its form."""

import boto3

from lipwire.domain.jobs import JobStatus
from lipwire.domain.keys import base62, make_key
from lipwire.domain.signing import new_secret
from lipwire.webhook_views import DialectJobViews
from tests.support.builders import ACCOUNT, a_job, a_report
from tests.support.fakes import FakeClock, FakeJobs
from tests.support.secrets import found_in, links_in


class SignedByKey:
    """`ResultUrls` whose links show what they open."""

    def sign(self, key: str, *, expires_s: int, filename: str | None = None) -> str:
        return f"https://results.example/{key}"


def test_a_webhook_carries_links_to_its_own_output_and_no_others():
    """Neither where another receiver listens, nor where the sources lie."""
    output = a_report().output
    job = a_job(
        status=JobStatus.SUCCEEDED,
        output=output,
        webhook_url="https://receiver.example/hook?token=planted",
    )
    views = DialectJobViews(FakeJobs(job), SignedByKey(), FakeClock())
    told = views.webhook_data(ACCOUNT, job.id)
    assert sorted(links_in(told)) == [
        f"https://results.example/{output.cover_key}",
        f"https://results.example/{output.key}",
    ]
    assert "planted" not in str(told)


def test_secrets_are_known_by_their_form():
    """Real ones, wherever they stand; what is left of them in a report isn't one."""
    s3 = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=boto3.session.Config(signature_version="s3v4"),
    )
    secrets = {
        "API key": make_key("live", public_id=base62(7, 10), secret=base62(7, 32)),
        "signing secret": new_secret(7),
        "signed link": s3.generate_presigned_url("put_object", Params={"Bucket": "b", "Key": "k"}),
    }
    for kind, secret in secrets.items():
        (leak,) = found_in(f'{{"message": "sent", "with": "{secret}"}}')
        assert leak.startswith(kind)
        assert found_in(leak) == []
    assert found_in("lw_live_0000000007 was revoked; whsec_ is a prefix") == []
