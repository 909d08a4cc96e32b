"""What Magic Hour's own SDK makes of our answers, and what the vendor's scheme makes of our signature."""

import json
import subprocess
from pathlib import Path

import pytest

from lipwire import dialects
from lipwire.dialects.magic_hour.webhooks import WEBHOOK
from tests.support.builders import NOW
from tests.support.goldens import goldens, told

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv" / "clients" / "bin" / "python"
MODELS = {
    "POST /v1/files/upload-urls": "V1FilesUploadUrlsCreateResponse",
    "POST /v1/lip-sync": "V1LipSyncCreateResponse",
    "POST /v1/ai-talking-photo": "V1AiTalkingPhotoCreateResponse",
    "GET /v1/video-projects/{id}": "V1VideoProjectsGetResponse",
    "GET /v1/account": "V1AccountListResponse",
}


def refused(pairs: list[tuple[str, object]]) -> list[tuple[str, str]]:
    """What the SDK's models refuse, in the SDK's own environment."""
    done = subprocess.run(
        [str(PYTHON), "-I", str(ROOT / "tests" / "support" / "check_answers.py")],
        input=json.dumps([(f"magic_hour.types.models:{model}", answer) for model, answer in pairs]),
        capture_output=True,
        text=True,
        check=True,
    )
    return [tuple(one) for one in json.loads(done.stdout)]


@pytest.mark.skipif(not PYTHON.exists(), reason="the vendors' SDKs are not installed: make setup")
def test_the_sdk_takes_every_answer_and_none_that_lacks_a_field():
    """Each golden success, each webhook's project; and it is strict, or this would prove nothing."""
    answers = [
        (MODELS[one.values["route"]], one.values["answer"]["body"])
        for one in goldens("magic_hour")
        if one.values.get("answer", {}).get("status") == 200
    ]
    projects = [one["payload"]["payload"] for one in told("magic_hour") if one["payload"]]
    answers += [("V1VideoProjectsGetResponse", project) for project in projects]
    assert {model for model, _ in answers} == set(MODELS.values())
    assert refused(answers) == []
    whole = projects[0]
    lacking = [
        ("V1VideoProjectsGetResponse", {name: whole[name] for name in whole if name != gone})
        for gone in whole
    ]
    assert len(refused(lacking)) == len(whole) == 16


def test_the_signature_is_the_vendors():
    """Computed apart with `printf '1777897800.{}' | openssl dgst -sha256 -hmac whsec_key`."""
    headers = WEBHOOK.sign(b"{}", "whsec_key", NOW)
    assert headers == {
        "magic-hour-event-timestamp": "1777897800",
        "magic-hour-event-signature": "6bccb80b9229aa8e8af0c9663d55a20539da63aab31b7b7407583c20d80f6a03",
    }


def test_every_uploaded_name_is_known_to_the_sdk_as_uploaded():
    """It passes what begins so on as it is."""
    (case,) = [one for one in goldens("magic_hour") if "uploads" in one.values.get("view", {})]
    for item in case.values["answer"]["body"]["items"]:
        assert item["file_path"].startswith("api-assets/")
    assert dialects.dialect_of("/v1/files/upload-urls") == "magic_hour"
