"""What can be wrong with a file: the branch `MediaError` of `errors.py`, which is where to import it from."""

from lipwire.domain.error_base import Kind, LipwireError


class MediaError(LipwireError):
    """Something is wrong with a file the user gave; never retried, never charged."""

    code = "invalid_media"
    kind = Kind.INVALID
    title = "The file can't be used."
    mend = "Send another file."


class RejectedMediaError(MediaError):
    """A file that was refused at its upload is named by a job: the upload's own code and message are kept."""

    def __init__(self, code: str, message: str, /) -> None:
        super().__init__(message)
        self.code = code  # type: ignore[misc]  # the one leaf whose code is data: it repeats another's

    @property
    def message(self) -> str:
        return self.detail


class UnsupportedMediaError(MediaError):
    code = "unsupported_media"
    title = "The file is not media we can read."
    mend = "Send MP4, MOV, WebM or MKV video; PNG, JPEG or WebP images; WAV, MP3, M4A, OGG or FLAC audio."


class CorruptMediaError(MediaError):
    code = "corrupt_media"
    title = "The file is damaged, empty or cut off."
    mend = "Export it again and check that it plays to the end."


class TooLongError(MediaError):
    code = "media_too_long"
    title = "The media is longer than this account's limit."
    mend = "Cut it, or ask for a larger plan."


class MediaTooLargeError(MediaError):
    code = "media_too_large"
    title = "The file or its picture is larger than this account's limit."
    mend = "Scale it down, or ask for a larger plan."


class NoFaceError(MediaError):
    code = "no_face"
    title = "No face was found in the source."
    mend = "Use a clip or picture in which one face is clearly visible and at least 60 pixels wide."


class SourceUrlError(MediaError):
    """Media could not be fetched from its URL; the URL itself stands in no message."""

    code = "source_url_failed"
    title = "The media could not be fetched from its URL."
    mend = "Check that the URL gives the file itself, or upload it."


class InvalidSourceUrlError(SourceUrlError):
    code = "invalid_source_url"
    title = "Media can't be fetched from this URL."
    mend = "Give a public https URL on port 443, without user name, or upload the file."


class SourceUnreachableError(SourceUrlError):
    """Not resolved, not allowed, refused, reset, no valid certificate: one word for all, so that nobody can map a network."""

    code = "source_unreachable"
    title = "The URL's server could not be reached."
    mend = "Check that it is public and has a valid certificate, or upload the file."


class SourceRefusedError(SourceUrlError):
    """The server's own status is the field `status`."""

    code = "source_refused"
    title = "The URL's server did not give the file."
    mend = "Check that the URL needs no login and has not expired, or upload the file."


class SourceBadAnswerError(SourceUrlError):
    code = "source_bad_answer"
    title = "The URL's server answered in a way that can't be read."


class SourceTooSlowError(SourceUrlError):
    code = "source_too_slow"
    title = "The file did not arrive in time from its URL."
    mend = "Give a URL on a faster server, or upload the file."


class SourceIsPageError(SourceUrlError):
    code = "source_is_page"
    title = "The URL leads to a web page, and taking media from pages is not enabled here."
    mend = "Give the URL of the file itself, or upload it."


class PageWithoutMediaError(SourceUrlError):
    code = "page_without_media"
    title = "No file of media that can be fetched was found on the page at this URL."
    mend = "Give the URL of the file itself, or upload it."


class FaceNotFoundError(MediaError):
    code = "face_not_found"
    title = "The face that was chosen is not in the source."
    mend = "Choose another number, place or time, or leave `face` out to take the one who speaks."


class InvalidOptionError(MediaError):
    """An option that does not fit this source; found once the source is known."""

    code = "invalid_option"
    title = "An option does not fit the source."
    mend = "Change the option named in `option`, or leave it out."


class OptionNotSupportedError(InvalidOptionError):
    """An option that this engine, or this kind of source, can't honour; never dropped in silence."""

    code = "option_not_supported"
    title = "An option can't be honoured here."
    mend = "Leave out the option named in `option`, or choose an engine or a source that allows it."


class SilentSpeechError(MediaError):
    code = "silent_speech"
    title = "The voice track is silent or has no sound stream."
    mend = "Send a file in which somebody speaks."
