"""Every error of the package: what it is about, why it failed, what to do next.

EvmapError
├── UnreadableDocument   a document that could not be read whole (carries the ledger status)
│   └── ReaderKilled     its reader was ended from outside: the document may be tried again
├── CodebookError        the codebook does not hold together
├── AnnotationError      an annotation file breaks its format
├── ModelError           a model is missing, damaged or was trained for something else
├── EncoderError         an encoder is missing its package or returned something odd
├── StoreError           the store of a run is newer than this evmap, in use, damaged or cannot be written
├── MissingExtra         an optional package is not installed
├── Conflict             somebody else decided first
├── RunStopped           a run was asked to stop before its end
└── UsageError           the caller asked for something that cannot be done
"""

from __future__ import annotations


class EvmapError(Exception):
    """Base of all errors.

    Args:
        subject: the file, label or option that the error is about.
        reason: why it failed, in a few words.
        hint: what the user can do next; empty when nothing helps.
    """

    def __init__(self, subject: object, reason: str, hint: str = "") -> None:
        self.subject = str(subject)
        self.reason = reason
        self.hint = hint
        super().__init__(self.subject, reason, hint)

    def __str__(self) -> str:
        message = f"{self.subject}: {self.reason}"
        return f"{message}. {self.hint}" if self.hint else message


class UnreadableDocument(EvmapError):
    """A document that could not be read.

    Args:
        status: the ledger status it ends in, one of `records.STATUSES` except ``ok``.
        document_id: sha256 (hex) of its bytes, None where they could not be read whole.
    """

    def __init__(
        self, subject: object, status: str, reason: str, hint: str = "", document_id: str | None = None
    ) -> None:
        super().__init__(subject, reason, hint)
        self.status, self.document_id = status, document_id
        self.args = (self.subject, status, reason, hint, document_id)


class ReaderKilled(UnreadableDocument):
    """The process that read it was ended from outside (by a user, or a machine short of memory); try it again."""


class CodebookError(EvmapError):
    """The codebook's files are missing, malformed or contradict each other."""


class AnnotationError(EvmapError):
    """An annotation file is malformed or does not fit the document it annotates."""


class ModelError(EvmapError):
    """A model is missing, damaged, or was trained with another encoder or codebook."""


class EncoderError(EvmapError):
    """An encoder cannot be loaded, or returned vectors of the wrong shape."""


class StoreError(EvmapError):
    """The store of a run is newer than this evmap, held by another run, damaged, or cannot be written."""


class MissingExtra(EvmapError):
    """An optional package is needed.

    Args:
        feature: what needs it.
        extra: the extra of this distribution that brings it.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(feature, "an optional package is missing", f"Run: pip install 'evmap[{extra}]'")
        self.feature, self.extra = feature, extra
        self.args = (feature, extra)


class RunStopped(EvmapError):
    """A run was asked to stop before its end; the same run goes on from there."""


class UsageError(EvmapError):
    """The caller asked for something that cannot be done as asked."""


class Conflict(EvmapError):
    """Somebody else decided on the same item first, or it is not in a state in which this can be done.

    Args:
        yours, theirs: what was asked for, and the items as they stand, as plain rows.
    """

    def __init__(self, subject: object, reason: str, yours: object = None, theirs: object = None) -> None:
        super().__init__(subject, reason, "Look at how it stands now, then decide again")
        self.yours, self.theirs = yours, theirs
        self.args = (self.subject, reason, yours, theirs)
