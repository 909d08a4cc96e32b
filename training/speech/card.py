"""The model's card, written from what was measured."""

import textwrap
from typing import Any

from training.speech import voices

_BARS = {"held_out_voice": (0.80, 0.78), "held_out_language": (0.82, 0.78)}
_TITLES = {
    "held_out_voice": f"A natural voice never heard in training (flite `{voices.HELD_OUT_VOICE}`, English)",
    "held_out_language": f"A language never heard in training (Turkish, espeak-ng `{voices.HELD_OUT_LANGUAGE[0]}`)",
    "new_sentences_of_known_voices": "New sentences of natural voices heard in training (flite)",
}


def card(figures: dict[str, Any]) -> str:
    """Markdown, from the figures of `visemes.json`."""
    rows = []
    for name, title in _TITLES.items():
        found = figures[name]
        bar = _BARS.get(name)
        verdict = "no bar"
        if bar:
            met = found["frame_accuracy"] >= bar[0] and found["mbp_recall"] >= bar[1]
            verdict = f"accuracy {bar[0]:.2f}, recall {bar[1]:.2f}: {'met' if met else 'not met'}"
        rows.append(
            f"| {title} | {found['frame_accuracy']:.3f} | {found['mbp_recall']:.3f} "
            f"| {found['mbp_precision']:.3f} | {verdict} |"
        )
    versions = ", ".join(f"{name} {number}" for name, number in figures["versions"].items())
    languages = textwrap.indent(
        textwrap.fill(", ".join(f"`{voice}`" for voice in voices.LANGUAGES), 110), "  "
    )
    recorded = textwrap.indent(
        textwrap.fill(
            ", ".join(f"`{voice.name}` ({voice.language})" for voice in voices.FESTIVAL_VOICES), 110
        ),
        "  ",
    )
    table = "\n".join(rows)
    return f"""# Mouth shapes from sound: `visemes.onnx`

<!-- Written by `make train-speech`; change training/speech/card.py instead. -->

A network of Lipwire's own that says, for every 10 ms of a voice, which of 16 mouth shapes is being made. It lies in
`functions/lipwire/render/speech/visemes.onnx` ({figures["bytes"] / 1e6:.1f} MB), runs on one CPU
thread, and is part of this repository under its licence. SHA-256:
`{figures["sha256"]}`.

## What it is

Forty log mel bands (25 ms windows, 10 ms apart, 16 kHz) go through a temporal convolution of six residual blocks
(192 channels, dilations 1, 2, 4, 8, 16, 1; 709 thousand weights). Every voice is heard at three speeds (0.92, 1 and 1.08
of its own), and the mean counts: other throats, of which one may be nearer to those it learned from. It hears sounds, not
words, and so has no list of languages it can do.

It is asked alone where a job names a language other than English. English, and a voice whose language nobody names, is
heard by it and by PocketSphinx together, each counting half: PocketSphinx follows a real English speaker's mouth better,
the network finds the closures of all languages, and their mean does nearly as well as either at what that is better at. In
every case it is the network that says whether anybody speaks: where it hears silence for 0.4 s, the mouth rests.

`make bench` prints what each hears: the opening of a real speaker (reported, and not tuned to: it is one clip), and of
sentences in five languages by espeak-ng the opening and the closures, with lips that touch where m, b, p have a posterior
of 0.3, give or take 30 ms. Of 22 s of real speech (Chinese, French, English) no frame that PocketSphinx took for speech
is put to rest; of chords and noise as loud as the voice 0.94 was, with an earlier training's weights.

## What it was trained on

{figures["minutes_of_speech"]:.0f} minutes of synthetic speech, each sentence changed in several ways (pitch and tempo,
equalisation, rooms, noise, hum, music before and after). No recording of a person was used beyond what the voices of
flite and festival are made of.

- espeak-ng, {len(voices.VARIANTS)} voice variants, speeds and pitches:
{languages}.
  Its phoneme events give the times. espeak-ng is GPL-3; it runs as a program of its own while
  training, and nothing of it is shipped.
- flite, voices {", ".join(f"`{voice}`" for voice in voices.NATURAL_VOICES)}: English, with phone end times.
- festival, with phone end times:
{recorded}.
- Words: lists of the `wordfreq` package, put together at random.
- Hiss, rumble, hum and chords, labelled silence.

## How well it does

Frames of 10 ms with the right shape. m, b, p are counted in sounds: one is found if any of its frames is, and one that
was found is true if it lies within 30 ms of a true one.

| heard | frame accuracy | m/b/p recall | m/b/p precision | bar |
| --- | --- | --- | --- | --- |
{table}

Frames of hiss, hum and chords taken for speech: {figures["noise_and_music_taken_for_speech"] * 100:.1f} %.

## Limits

- Truth is what a synthesizer says it spoke. How a real mouth looks is measured elsewhere, with footage.
- Natural voices in training are few, and of six languages; all others are known from espeak-ng's robotic voice only.
- On a natural voice it never heard it says m, b, p too often: closures too many rather than too few.
- Singing, whispering and several people at once were never heard.

## Make it again

`make train-speech` needs flite and festival with its voices (Debian: `flite`, `festival`, `festival-czech`,
`festvox-us-slt-hts`, `-kdlpc16k`, `-ru`, `-ca-ona-hts`, `-italp16k`, `-itapc16k`, `-czech-dita`, `-czech-machac`,
`-czech-ph`, `-suopuhe-lj`, `-suopuhe-mv`) and about an hour on two cores. `STEPS=` shortens it;
`MEASURE=1` measures the network that is there instead.
Everything random has seed {figures["seed"]}, and PyTorch runs deterministically. Made with
{versions}.
Other versions or another processor may give other weights.
"""
