"""Options: what is refused, what is understood, how long an output can become."""

from fractions import Fraction

import pytest

from lipwire.dialects.native.wire_options import whole_ms
from lipwire.domain.duration import longest_output_ms
from lipwire.domain.engines import Mode
from lipwire.domain.errors import InvalidOptionError, OptionNotSupportedError
from lipwire.domain.option_checks import (
    check_engine,
    check_options,
    check_source,
    understood,
)
from lipwire.domain.options import Expression, JobOptions
from lipwire.domain.quality import MAX_SPANS, quality_report
from lipwire.domain.style import style_of
from lipwire.domain.timecode import seconds_of
from lipwire.domain.warnings import JobWarning
from tests.support.builders import image_info, video_info, voice_info
from tests.support.fakes import SPEC

AN_ASSET = f"ast_{7:026d}"


def options(**values: object) -> JobOptions:
    """Options of which only these are set."""
    return JobOptions.model_validate(values)


def ranges(*moments: object) -> tuple[dict[str, object], ...]:
    """Time ranges of these starts and ends."""
    pairs = zip(moments[::2], moments[1::2], strict=True)
    return tuple({"start": start, "end": end} for start, end in pairs)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"trim_start_ms": 500, "trim_end_ms": 500}, "trim_end"),
        ({"height": 500}, "height"),
        ({"face": {}}, "face"),
        ({"face": {"number": 0, "point": {"x": 0, "y": 0}}}, "face"),
        ({"face": {"box": {"x": 0.8, "y": 0, "width": 0.3, "height": 0.1}}}, "face"),
        ({"time_ranges": ranges(0, "00:00:01:00")}, "time_ranges"),
        ({"time_ranges": ranges(-1, 500)}, "time_ranges"),
        ({"time_ranges": ranges(500, 500)}, "time_ranges"),
        ({"time_ranges": ranges(0, 500, 400, 900)}, "time_ranges"),
        ({"time_ranges": ranges("1:00", "2:00")}, "time_ranges"),
        ({"phonemes": ({"symbol": "m", "start_ms": 9, "end_ms": 9},)}, "phonemes"),
        (
            {
                "phonemes": (
                    {"symbol": "m", "start_ms": 50, "end_ms": 90},
                    {"symbol": "a", "start_ms": 80, "end_ms": 99},
                )
            },
            "phonemes",
        ),
        (
            {
                "phonemes": ({"symbol": "m", "start_ms": 0, "end_ms": 90},),
                "second_speech_id": AN_ASSET,
            },
            "phonemes",
        ),
        ({"speaking_order": "left_first"}, "speaking_order"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(given, named):
    """Whatever the source is, and naming the option."""
    with pytest.raises(InvalidOptionError) as caught:
        check_options(options(**given))
    assert caught.value.code == "invalid_option"
    assert caught.value.fields["option"] == named


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"trim_start_ms": 2000}, "trim_start"),
        ({"trim_end_ms": 9000}, "trim_end"),
        ({"time_ranges": ranges(5000, 6000)}, "time_ranges"),
        ({"time_ranges": ranges(0, 9000)}, "time_ranges"),
        ({"time_ranges": ranges(100, 110)}, "time_ranges"),
        ({"time_ranges": ranges("00:00:00:25", "00:00:01:00")}, "time_ranges"),
        ({"time_ranges": ranges("00:00:00;05", "00:00:01;00")}, "time_ranges"),
        ({"time_ranges": ranges("00:00:01:00", "00:00:00:05")}, "time_ranges"),
    ],
)
def test_options_beyond_the_source_are_refused(given, named):
    """Two seconds at 25 frames a second don't have them."""
    with pytest.raises(InvalidOptionError) as caught:
        check_source(options(**given), video_info(), engine="retarget")
    assert (caught.value.code, caught.value.fields["option"]) == ("invalid_option", named)


@pytest.mark.parametrize(
    "given",
    [
        {"trim_start_ms": 100},
        {"trim_end_ms": 100},
        {"time_ranges": ranges(0, 500)},
        {"original_sound": "mix"},
    ],
)
def test_a_picture_refuses_what_is_for_videos(given):
    """Naming option and engine."""
    with pytest.raises(OptionNotSupportedError) as caught:
        check_source(options(**given), image_info(), engine="retarget")
    assert caught.value.code == "option_not_supported"
    assert caught.value.fields == {"option": next(iter(given)), "engine": "retarget"}


HALF, REST = {"start_ms": 0, "end_ms": 500}, {"start_ms": 500, "end_ms": 1500, "voice": 1}


@pytest.mark.parametrize(
    "given",
    [
        {"segments": [HALF, HALF]},
        {"segments": [{"start_ms": 500, "end_ms": 500}]},
        {"segments": [{**HALF, "from_ms": 300, "until_ms": 300}]},
        {"segments": [HALF], "second_speech_id": AN_ASSET},
        {"segments": [HALF, REST]},
        {"segments": [HALF], "time_ranges": [{"start": 0, "end": 500}]},
        {"segments": [HALF], "speech_start_ms": 10},
        {"segments": [HALF], "max_duration_ms": 1000},
    ],
)
def test_segments_are_in_order_and_name_voices_that_are_there(given):
    """Alone: what else would say when a voice is heard is refused beside them."""
    with pytest.raises(InvalidOptionError) as caught:
        check_options(options(**given))
    assert caught.value.fields == {"option": "segments"}


def test_segments_are_checked_against_the_source_like_ranges():
    """Its end, its kind, its rate; the output is as long as the source, whatever the voices."""
    fine = options(segments=[HALF, REST], second_speech_id=AN_ASSET, face={"number": 0})
    check_options(fine)
    assert check_source(fine, video_info(), engine="retarget") == ()
    assert longest_output_ms(video_info(), voice_info(duration_ms=9000), voice_info(), fine) == 2000
    with pytest.raises(InvalidOptionError, match="beyond"):
        check_source(
            options(segments=[{"start_ms": 5000, "end_ms": 6000}]), video_info(), engine="r"
        )
    with pytest.raises(OptionNotSupportedError, match="segments"):
        check_source(options(segments=[HALF]), image_info(), engine="retarget")


def test_an_engine_refuses_what_it_does_not_honour():
    """Only when it was chosen."""

    plain = SPEC._replace(options=frozenset({"seed"}), modes=frozenset({Mode.VIDEO}))
    check_engine(options(seed=5), plain)
    with pytest.raises(OptionNotSupportedError, match="style"):
        check_engine(options(style="calm"), plain)


@pytest.mark.parametrize(
    ("given", "source", "codes"),
    [
        ({"when_shorter": "loop"}, image_info(), ["option_without_effect"]),
        ({"original_sound": "mix"}, video_info(has_audio=False), ["original_sound_missing"]),
        (
            {"when_longer": "keep", "when_shorter": "silence"},
            video_info(),
            ["option_without_effect"],
        ),
        (
            {"second_speech_id": AN_ASSET, "face": {"number": 0}},
            video_info(),
            ["option_without_effect"],
        ),
        (
            {"second_speech_id": AN_ASSET, "face": {"number": 0}},
            image_info(),
            ["option_without_effect"],
        ),
        ({"original_volume": 0.5}, image_info(), ["option_without_effect"]),
        ({"original_volume": 0.5}, video_info(), ["option_without_effect"]),
        ({"original_volume": 0.5, "original_sound": "mix"}, video_info(), []),
        ({"when_shorter": "loop", "seed": 3}, video_info(), []),
    ],
)
def test_what_has_no_effect_is_told(given, source, codes):
    """And nothing else is."""
    found = check_source(options(**given), source, engine=None)
    assert [warning.code for warning in found] == codes


@pytest.mark.parametrize(
    ("given", "longest"),
    [
        ({}, 5000),
        ({"when_shorter": "cut_off"}, 2000),
        ({"when_shorter": "silence"}, 2000),
        ({"when_shorter": "bounce"}, 7000),
        ({"when_shorter": "cut_off", "trim_start_ms": 500, "trim_end_ms": 1500}, 1000),
        ({"max_duration_ms": 700}, 700),
        ({"time_ranges": ranges(0, 500)}, 2000),
    ],
)
def test_the_longest_output_of_a_short_clip(given, longest):
    """Two seconds of video, five of voice."""
    voice = voice_info(duration_ms=5000)
    assert longest_output_ms(video_info(), voice, None, options(**given)) == longest


def test_the_longest_output_of_two_voices_and_of_a_long_clip():
    """One after the other they add up; a clip that is kept goes on."""
    voice, other = voice_info(duration_ms=5000), voice_info(duration_ms=3000)
    in_turn = options(second_speech_id=AN_ASSET, speaking_order="left_first")
    assert longest_output_ms(image_info(), voice, other, in_turn) == 8000
    assert longest_output_ms(image_info(), voice, other, options()) == 5000
    long_clip = video_info(duration_ms=9000)
    assert longest_output_ms(long_clip, voice, None, options(when_longer="keep")) == 9000
    assert longest_output_ms(long_clip, voice, None, options()) == 5000


@pytest.mark.parametrize(
    ("text", "measure", "expression", "unknown"),
    [
        ("subtle and smiling", 0.3, Expression.SMILING, ()),
        ("very exaggerated", 1.0, None, ()),
        ("sutil y sonriente", 0.3, Expression.SMILING, ()),
        ("übertrieben, ernst", 0.9, Expression.SERIOUS, ()),
        ("un ton enjoué, souriant", None, Expression.SMILING, ("enjoué",)),
        ("rustig en glimlachend", 0.35, Expression.SMILING, ()),
        ("calmo e sorridente", 0.35, Expression.SMILING, ()),
        ("exagerado, sério", 0.9, Expression.SERIOUS, ()),
        ("夸张微笑", 0.9, Expression.SMILING, ()),
        ("控えめで笑顔", 0.3, Expression.SMILING, ()),
        ("차분하고 진지하게", 0.35, Expression.SERIOUS, ()),
        ("not smiling, cinematic", None, Expression.NEUTRAL, ("cinematic",)),
    ],
)
def test_words_of_style(text, measure, expression, unknown):
    """In the languages of the catalogue; the rest is named."""
    style = style_of(text)
    assert (style.expressiveness, style.expression, style.unknown) == (measure, expression, unknown)


def test_words_set_only_what_was_left_out():
    """A value that the caller gave stays, and what was not understood is told."""
    resolved, warnings = understood(options(style="calm smiling zorgle", expressiveness=0.8))
    assert resolved.expressiveness == 0.8
    assert resolved.expression is Expression.SMILING
    assert [(one.code, one.details) for one in warnings] == [
        ("style_not_understood", {"words": ["zorgle"]})
    ]


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("Über mich.mp4", "Über mich.mp4"),
        ("../../etc/pass\nwd", "pass_wd.mp4"),
        ('a"b;c', "a_b_c.mp4"),
    ],
)
def test_an_output_name_is_a_bare_file_name(given, clean):
    """Whatever was sent."""
    assert understood(options(output_name=given))[0].output_name == clean


def test_an_output_name_of_signs_alone_is_refused():
    """There is nothing to call the file."""
    with pytest.raises(InvalidOptionError, match="output_name"):
        understood(options(output_name="../.."))


def test_timecodes_are_exact():
    """ST 12-1: after a minute of drop-frame two numbers are missing."""
    ntsc = Fraction(30000, 1001)
    assert seconds_of("00:01:00;02", ntsc) == Fraction(1800) / ntsc
    assert seconds_of("00:00:01:12", Fraction(24)) == Fraction(36, 24)
    for wrong, fps in [("00:01:00;00", ntsc), ("00:00:00;00", Fraction(30))]:
        with pytest.raises(ValueError, match="dropped"):
            seconds_of(wrong, fps)


def test_times_finer_than_a_millisecond_are_refused():
    """Rounding would move them in silence."""
    assert whole_ms(1.001) == 1001
    with pytest.raises(InvalidOptionError):
        whole_ms(0.0005)


def test_a_warning_is_read_from_its_code():
    """With what it is about, where that was said."""
    warning = JobWarning.parse("subtitles_dropped: 2 tracks")
    assert (warning.code, warning.details) == ("subtitles_dropped", {"what": "2 tracks"})
    assert warning.message.endswith(".")


def test_a_quality_report_is_made_of_an_engines_numbers():
    """Frames become times; too many spans are joined, not lost."""
    many = [
        {"first": 10 * k, "last": 10 * k + 4, "reason": "no_face"} for k in range(MAX_SPANS + 50)
    ]
    numbers = {"untouched_spans": many, "closures": 4, "score": 0.8765, "face": 1}
    report = quality_report(numbers, fps=Fraction(25), seed=3, engine="retarget")
    assert (report.score_permille, report.closures, report.face, report.seed) == (876, 4, 1, 3)
    assert (report.spans[0].start_ms, report.spans[0].end_ms) == (0, 200)
    assert len(report.spans) == MAX_SPANS
    assert report.spans[-1].end_ms == (10 * (MAX_SPANS + 49) + 5) * 40
    assert {span.reason for span in report.spans} == {"no_face"}


def test_a_report_prefers_times_to_frames():
    """A clip with variable times has no rate that frames could be counted at."""
    span = {"first": 30, "last": 39, "start_s": 0.5, "end_s": 5.5, "reason": "no_face"}
    report = quality_report({"untouched_spans": [span]}, fps=Fraction(11), seed=0, engine=None)
    assert [(one.start_ms, one.end_ms) for one in report.spans] == [(500, 5500)]
