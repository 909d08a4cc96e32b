"""The ports of speech, made at first use; part of `lipwire.bootstrap`."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lipwire.resources import Resource
from lipwire.wiring import Wiring

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lipwire.adapters.dynamodb.speeches import DynamoSpeeches
    from lipwire.adapters.speech.remote import LambdaSpeaker
    from lipwire.adapters.speech.voices import DeployedVoices
    from lipwire.domain.speech import SpeechEngine
    from lipwire.ports.speech import Synthesizer


class SpeechWiring(Wiring):
    """Voices, who speaks, and what keeps speech."""

    @cached_property
    def voices(self) -> DeployedVoices:
        """The voices of this deployment."""
        from lipwire.adapters.speech.networks.catalogue import deployed
        from lipwire.adapters.speech.voices import DeployedVoices

        return DeployedVoices(with_polly=self.settings.polly, own=deployed())

    @cached_property
    def speeches(self) -> DynamoSpeeches:
        """Speech that is made on its own."""
        from lipwire.adapters.dynamodb.accounts import DynamoAccounts
        from lipwire.adapters.dynamodb.assets import DynamoAssets
        from lipwire.adapters.dynamodb.speeches import DynamoSpeeches

        outbox = self.outbox_rows
        charges = self._charges_if_declared()
        return DynamoSpeeches(
            self.dynamodb,
            assets=DynamoAssets(
                self.dynamodb,
                table=self._name(Resource.ASSETS_TABLE),
                accounts=self._active_accounts(),
                charges=charges,
                limits=self._limits_if_declared(),
                outbox=outbox,
            ),
            accounts=DynamoAccounts(
                self.dynamodb, table=self._name(Resource.ACCOUNTS_TABLE), outbox=outbox
            ),
            charges=charges,
            outbox=outbox,
        )

    @cached_property
    def speaker(self) -> LambdaSpeaker:
        """Who speaks, asked from outside."""
        from lipwire.adapters.speech.remote import LambdaSpeaker

        # One try, a little longer than the function may run: the step's own retry makes the next.
        client = self.client(
            "lambda", connect_timeout=5, read_timeout=125, retries={"total_max_attempts": 1}
        )
        return LambdaSpeaker(client, function=self._name(Resource.SPEAK_FUNCTION))

    @cached_property
    def synthesizers(self) -> Mapping[SpeechEngine, Synthesizer]:
        """The engines that run here."""
        from lipwire.adapters.speech.espeak import EspeakSynthesizer
        from lipwire.adapters.speech.networks.catalogue import deployed
        from lipwire.domain.speech import SpeechEngine

        found: dict[SpeechEngine, Synthesizer] = {SpeechEngine.ESPEAK: EspeakSynthesizer()}
        if self.settings.polly:
            from lipwire.adapters.speech.polly import PollySynthesizer

            # One try: whoever waits for it tries again, and each try is billed.
            client = self.client(
                "polly", connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1}
            )
            found[SpeechEngine.POLLY] = PollySynthesizer(client)
        own = deployed()
        if own.networks:
            from lipwire.adapters.speech.networks.store import BucketVoiceFiles
            from lipwire.adapters.speech.networks.synthesizer import NetworkSynthesizer

            # The one place where a function may write; it lives as long as the machine does.
            folder = Path(tempfile.gettempdir()) / "lipwire-voices"
            files = BucketVoiceFiles(self.s3, bucket=self.settings.voices_bucket, folder=folder)
            speaks = NetworkSynthesizer(own, files)
            found |= {network.engine: speaks for network in own.networks}
        return found
