"""Who speaks may write uploads and read nothing; Amazon Polly is asked only where the operator says so."""

import tempfile
from pathlib import Path

import pytest

from infra.config import DeployConfig
from infra.constructs import voices as voices_construct
from infra.constructs.voices import OfferedVoices
from infra.local import deployment, up
from infra.local.platform import PlatformError
from lipwire.adapters.speech.networks.catalogue import Catalogue
from speak.spec import FUNCTION as SPEAK
from speak.spec import with_networks
from tests.infra.conftest import of_type
from tests.support.bare_voices import folder_of_voices


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
        # Of files of own voices.
        "s3:GetObject",
    }
    invoking = {one for one, policy in policies.items() if "SpeakFunction" in str(policy)}
    assert {one for one in invoking if "FetchSources" in one or "ProbeAsset" in one} == invoking
    assert len(invoking) == 2


def test_who_speaks_by_own_voices_gets_their_files_and_nothing_else(aws):
    """Object by object; what lists them gets none, and a list of them as a layer."""
    (policy,) = [
        one for name, one in of_type(aws, "AWS::IAM::Policy").items() if "SpeakRole" in name
    ]
    (statement,) = [
        one for one in policy["PolicyDocument"]["Statement"] if one["Action"] == "s3:GetObject"
    ]
    objects = [str(one) for one in statement["Resource"]]
    # Amy's two files, the other network and its styles.
    assert len(objects) == 4
    assert not any("*" in one for one in objects)
    functions = of_type(aws, "AWS::Lambda::Function")
    speak = next(one for name, one in functions.items() if "SpeakFunction" in name)
    assert speak["MemorySize"] == 3008
    assert "VOICES_BUCKET" in speak["Environment"]["Variables"]
    listed = [name for name, one in functions.items() if "VoicesLayer" in str(one.get("Layers"))]
    assert sorted("Speak" in one or "ApiJobs" in one for one in listed) == [True, True]


def test_a_voice_that_is_refused_is_told_and_the_others_are_offered(voices):
    """In the words and by the code that the folder's check has."""
    offered = OfferedVoices.of(Path(voices))
    assert [voice.id for one in offered.catalogue.networks for voice in one.voices] == [
        *("piper/en_US-amy-medium", "kokoro/af_heart"),
    ]
    (refusal,) = offered.refusals
    assert str(refusal) == "voice_config_missing: lost.onnx: there is no lost.onnx.json"


def test_make_up_deploys_anew_when_a_voice_has_changed(tmp_path, monkeypatch, capsys):
    """And says which there are; a folder that isn't there is an error, not an empty list."""
    folder = folder_of_voices(tmp_path / "voices")
    monkeypatch.delenv("LIPWIRE_VOICES", raising=False)
    without = deployment.fingerprint()
    monkeypatch.setenv("LIPWIRE_VOICES", str(folder))
    before = deployment.fingerprint()
    up.tell_voices()
    (folder / "lost.onnx.json").write_text("{}")
    assert len({without, before, deployment.fingerprint()}) == 3
    told = capsys.readouterr().out
    assert "voices of en_US-amy-medium.onnx: 1 (CC0-1.0)" in told
    assert "refused: voice_config_missing: lost.onnx" in told
    monkeypatch.setenv("LIPWIRE_VOICES", str(tmp_path / "nowhere"))
    with pytest.raises(PlatformError, match="voices_folder_missing"):
        up.tell_voices()


def test_voices_that_no_function_holds_are_refused():
    """With how much there is room for."""
    assert with_networks(SPEAK, size_bytes=700 << 20).disk_mib == 800
    with pytest.raises(ValueError, match="voices_too_large"):
        with_networks(SPEAK, size_bytes=11 << 30)


def test_two_syntheses_at_once_make_one_list_of_voices(tmp_path, monkeypatch):
    """The slower takes what the other made, and leaves nothing beside it."""
    monkeypatch.setattr(voices_construct, "ROOT", tmp_path)
    own, made = tempfile.mkdtemp, []

    def behind_another(**where: Path) -> str:
        monkeypatch.setattr(tempfile, "mkdtemp", own)
        made.append(voices_construct._package(Catalogue()))
        return own(**where)

    monkeypatch.setattr(tempfile, "mkdtemp", behind_another)
    made.append(voices_construct._package(Catalogue()))
    assert made[0] == made[1]
    assert list((tmp_path / "build" / "voices").iterdir()) == made[:1]
