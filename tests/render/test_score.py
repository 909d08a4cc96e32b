"""`lipwire score`: figures that fall when a video is spoiled, and the yardstick with stand-in weights."""

import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from lipwire.domain.errors import UnsupportedMediaError
from lipwire.engines.base import RenderTask
from lipwire.engines.retarget import build
from lipwire.render.media.source import VideoSource
from lipwire.render.score.__main__ import main, score
from lipwire.render.score.look import look_at
from lipwire.render.score.metrics import beyond_lower_face, psnr_outside
from lipwire.render.score.syncnet import AUDIO_MODEL, LIP_MODEL, judge, mfcc

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def spoken(astronaut: Path, voice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portrait that says the test sentence."""
    folder = tmp_path_factory.mktemp("spoken")
    engine = build()
    engine.setup()
    engine.render(
        RenderTask(
            source=astronaut,
            is_image=True,
            speeches=(voice,),
            analysis=folder / "analysis.npz",
            output=folder / "output.mp4",
            cover=folder / "cover.jpg",
            progress=lambda *_: None,
        )
    )
    return folder / "output.mp4"


def test_a_render_in_sync_scores_high_and_another_voice_low(
    spoken: Path, voice: Path, tmp_path: Path
) -> None:
    """The mouth goes with its own voice, not with the same voice played backwards."""
    own = score(spoken, voice, shown=tmp_path / "own.png")
    backwards = tmp_path / "backwards.wav"
    _reverse(voice, backwards)
    other = score(spoken, backwards, shown=tmp_path / "other.png")
    # Closures and the lips' own speed keep a mouth from going just as it is heard: 0.80.
    assert own["sync"]["opening_r"] >= 0.78
    assert abs(own["sync"]["lag_ms"]) <= 60
    assert own["sync"]["closure_frames"] > 0
    assert own["sync"]["closure_opening"] < own["sync"]["other_opening"]
    assert other["sync"]["opening_r"] < own["sync"]["opening_r"] - 0.2
    assert (tmp_path / "own.png").stat().st_size > 10_000


def test_a_video_against_itself_is_unchanged(spoken: Path, tmp_path: Path) -> None:
    """No drift, the same flicker, its own mouth, nothing different outside."""
    found = score(spoken, source=spoken, shown=tmp_path / "same.png")["change"]
    assert found["identity_drift"] == 0
    assert found["old_mouth_r"] == pytest.approx(1)
    assert found["flicker_ratio"] == pytest.approx(1)
    assert found["psnr_outside"] == 100


def test_noise_outside_the_face_is_seen(spoken: Path, tmp_path: Path) -> None:
    """A re-encoding loses decibels outside the face, and only the box below the eyes is left out."""
    coarse = tmp_path / "coarse.mp4"
    _encode_again(spoken, coarse)
    seen = look_at(spoken)
    assert psnr_outside(coarse, spoken, seen.landmarks) < 60
    with VideoSource(spoken) as source:
        shape = (source.info.height, source.info.width)
    share = beyond_lower_face(shape, seen.landmarks[0]).mean()
    assert 0.3 < share < 0.98


def test_the_command_prints_json_and_refuses_other_files(
    spoken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One JSON on standard output; exit 2 and one line for what is no video."""
    assert main([str(spoken), "--picture", str(tmp_path / "p.png")]) == 0
    assert json.loads(capsys.readouterr().out)["frames_with_face"] > 0
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    assert main([str(broken)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(UnsupportedMediaError):
        look_at(broken)


def test_the_wrapper_finds_the_command() -> None:
    """`bin/lipwire score --help` works from any folder."""
    done = subprocess.run(
        [ROOT / "bin" / "lipwire", "score", "--help"],
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--syncnet" in done.stdout


def test_lse_runs_an_operators_models(spoken: Path, tmp_path: Path) -> None:
    """Networks of SyncNet's shapes are fed and judged; without the folder's files it says which is missing."""
    with pytest.raises(FileNotFoundError, match=LIP_MODEL):
        score(spoken, syncnet=tmp_path, shown=tmp_path / "p.png")
    _network(tmp_path / LIP_MODEL, (1, 15, 224, 224))
    _network(tmp_path / AUDIO_MODEL, (1, 1, 13, 20))
    found = score(spoken, syncnet=tmp_path, shown=tmp_path / "p.png")["lse"]
    assert found["distance"] > 0
    assert found["confidence"] >= 0


def test_lse_finds_a_known_offset() -> None:
    """Sound embeddings that come three frames late are found three frames late."""
    seen = np.random.default_rng(3).normal(size=(60, 1024)).astype(np.float32)
    late = judge(seen, np.roll(seen, 3, axis=0))
    assert late.offset_frames == -3
    assert late.distance < 3
    assert late.confidence > 10


def test_cepstra_have_a_row_every_10_ms() -> None:
    """One second gives about 100 rows of 13, and a tone differs from noise."""
    t = np.arange(16_000) / 16_000
    tone = mfcc(np.sin(2 * np.pi * 440 * t).astype(np.float32))
    noise = mfcc(np.random.default_rng(1).normal(size=16_000).astype(np.float32) * 0.1)
    assert tone.shape == (99, 13)
    assert np.abs(tone.mean(axis=0) - noise.mean(axis=0)).max() > 5


def _reverse(voice: Path, path: Path) -> None:
    import wave

    with wave.open(str(voice)) as source, wave.open(str(path), "wb") as made:
        made.setparams(source.getparams())
        width = source.getsampwidth()
        raw = np.frombuffer(source.readframes(source.getnframes()), f"<i{width}")
        made.writeframes(raw[::-1].tobytes())


def _encode_again(source: Path, path: Path) -> None:
    import av

    with av.open(str(source)) as read, av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=25, options={"crf": "40", "preset": "ultrafast"})
        first = read.streams.video[0]
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        for frame in read.decode(video=0):
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))


def _network(path: Path, shape: tuple[int, ...]) -> None:
    """Mean over the picture, then a random projection to 1024: SyncNet's doors with nothing behind them."""
    weights = np.random.default_rng(0).normal(size=(shape[1], 1024)).astype(np.float32)
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["mean", "w"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "stand-in",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (1, 1024))],
        [numpy_helper.from_array(weights, "w")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(path))
