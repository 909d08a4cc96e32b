"""What is told holds no secrets: webhooks carry the owner's own results, and what must never be told is known by its form."""

import base64
import json
from urllib.parse import quote

import boto3

from lipwire.domain.jobs import JobStatus
from lipwire.domain.keys import base62, make_key
from lipwire.domain.signing import new_secret
from lipwire.webhook_views import DialectJobViews
from tests.support.builders import ACCOUNT, a_job, a_report
from tests.support.fakes import FakeClock, FakeJobs
from tests.support.fakes_batches import FakeBatches
from tests.support.secrets import FORMS, MARK, Known, found_in, links_in


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
    views = DialectJobViews(FakeJobs(job), FakeBatches(FakeJobs()), SignedByKey(), FakeClock())
    told = views.webhook_data(ACCOUNT, job.id)
    assert sorted(links_in(told)) == [
        f"https://results.example/{output.cover_key}",
        f"https://results.example/{output.key}",
    ]
    assert "planted" not in str(told)


def test_secrets_are_known_by_their_form():
    """Real ones, wherever they stand; what is left of them in a report isn't one."""
    session = boto3.session.Session(
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        aws_session_token="temporary" * 4,
    )
    s3 = session.client("s3", config=boto3.session.Config(signature_version="s3v4"))
    link = s3.generate_presigned_url("put_object", Params={"Bucket": "b", "Key": "k"})
    key = make_key("live", public_id=base62(7, 10), secret=base62(7, 32))
    secrets = {
        "API key": key,
        "signing secret": new_secret(7),
        "signed link": link.partition("&X-Amz-Security-Token")[0] + "&" + link[-80:],
        "session of a signed link": link[: -len("&X-Amz-Signature=") - 64],
        "link of CloudFront": f"https://d1.example/a.mp4?Signature={'aB3~' * 20}",
        "header that lets in": "{'Authorization': 'Bearer whatever-it-is'}",
        "key in a header": f"[('x-api-key', '{'k' * 24}')]",
        "secret access key": f"AWS_SECRET_ACCESS_KEY={'s' * 40}",
        "private key": "-----BEGIN RSA PRIVATE KEY-----",
        "planted secret": f"https://hooks.example/?token={MARK}",
    }
    assert set(secrets) == set(FORMS)
    for kind, secret in secrets.items():
        for line in (f'{{"message": "sent", "with": "{secret}"}}', json.dumps({"with": secret})):
            leaks = found_in(line)
            assert kind in {leak.partition(" in: ")[0] for leak in leaks}
            assert found_in("\n".join(leaks)) == []
    assert found_in("https://d1.example/a?Key-Pair-Id=K2JCJMDEHXQW5F") != []
    assert found_in(f"Authorization: AWS4-HMAC-SHA256 Credential=x/{'y' * 20}") != []
    assert (
        found_in("lw_live_0000000007 was revoked; whsec_ is a prefix; no Authorization: none") == []
    )


def test_secrets_that_were_given_are_known_in_every_spelling():
    """The part that nobody may know: alone, quoted, in hexadecimal, within something else's base64."""
    number = 3**161
    key = make_key("live", public_id=base62(7, 10), secret=base62(number & (2**190 - 1), 32))
    secret = new_secret(number)
    link = f"https://b.example/k?X-Amz-Date=now&X-Amz-Signature={'0a1b2c3d' * 8}"
    known = Known()
    known.learn({"api_key": key, "made": [{"secret": secret}, {"upload": {"url": link}}]})
    core, signing = key[-38:], secret.removeprefix("whsec_")
    for spelled in (
        core,
        signing,
        quote(signing, safe=""),
        signing.replace("/", "\\/"),
        core.encode().hex(),
        base64.b64decode(signing).hex(),
        "0a1b2c3d" * 8,
        *(base64.b64encode(f"{'u' * n}:{key}".encode()).decode() for n in range(3)),
    ):
        leaks = known.found_in(f"user={spelled};")
        assert leaks
        assert not any(spelled in leak for leak in leaks)
    assert known.found_in(f"{key[:18]} {core[:11]} {link[:60]}") == []
