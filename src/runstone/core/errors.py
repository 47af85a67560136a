"""Every error a caller may want to decide on, and what each means to a transport.

::

    RunstoneError
    ├── InvalidArgument (ValueError)     a wrong value; carries the field or the character
    │   ├── ImmutableParam               a param logged again with another value
    │   └── TooLarge                     more bytes than the server takes at once
    ├── NotFound (LookupError)           nothing by that id or name
    │   └── FileMissing (FileNotFoundError)  a local file or folder that was to be logged
    ├── AlreadyExists                    the name or id is taken
    ├── InvalidState                     right call, wrong moment (deleted run, no active run)
    ├── PermissionDenied
    │   └── Unauthenticated              the server does not know who is asking
    ├── Unavailable (OSError)            the store cannot be reached now; retrying may help
    │   ├── StorageFull                  no space left, or a file-size limit
    │   └── TooManyRequests              asked too often; later it may work
    ├── StoreCorrupt (OSError)           the store's files are damaged or not ours
    ├── Unsupported                      known, and not offered here
    └── MissingExtra (ImportError)       an optional dependency is not installed
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "AlreadyExists",
    "ErrorCodes",
    "FileMissing",
    "ImmutableParam",
    "InvalidArgument",
    "InvalidState",
    "MissingExtra",
    "MlflowException",
    "NotFound",
    "PermissionDenied",
    "RunstoneError",
    "StorageFull",
    "StoreCorrupt",
    "TooLarge",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "Unsupported",
    "codes_of",
    "error_of",
]


class RunstoneError(Exception):
    """The root of everything Runstone raises on purpose."""

    @property
    def message(self) -> str:
        """What was wrong, where, and what to do."""
        return str(self.args[0]) if self.args else ""

    @property
    def error_code(self) -> str:
        """The code that MLflow's clients know this error by."""
        return codes_of(self).mlflow

    def get_http_status_code(self) -> int:
        """The HTTP status of this error (named as in MLflow)."""
        return codes_of(self).http


MlflowException = RunstoneError
"""The root under the name that MLflow's scripts catch."""


class InvalidArgument(RunstoneError, ValueError):
    """A value that can never be accepted.

    Args:
        message: What is wrong and what would be right.
        field: The argument or path at fault, if there is one.
        position: Offset of the character at fault in a filter, if there is one.
    """

    def __init__(self, message: str, *, field: str | None = None, position: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.position = position


class ImmutableParam(InvalidArgument):
    """A param that was logged before with another value."""


class TooLarge(InvalidArgument):
    """More bytes than the server takes at once."""


class NotFound(RunstoneError, LookupError):
    """Nothing has that id or name."""


class FileMissing(FileNotFoundError, NotFound):
    """There is no such local file or folder."""


class AlreadyExists(RunstoneError):
    """That id or name is taken."""


class InvalidState(RunstoneError):
    """The thing exists, but not in a state that allows this."""


class PermissionDenied(RunstoneError):
    """The caller may not do this, or the file system does not let us."""


class Unauthenticated(PermissionDenied):
    """The server does not know who is asking, and does not answer strangers."""


class Unavailable(RunstoneError, OSError):
    """The store cannot be reached at the moment; the same call may work later."""


class StorageFull(Unavailable):
    """The disk is full or a file-size limit was reached."""


class TooManyRequests(Unavailable):
    """Asked too often; the same call may work later."""


class StoreCorrupt(RunstoneError, OSError):
    """A file of the store is damaged, or is somebody else's."""


class Unsupported(RunstoneError):
    """A known operation that this store or version does not offer."""


class MissingExtra(RunstoneError, ImportError):
    """An optional dependency is not installed.

    Args:
        what: The feature that needs it.
        extra: The extra that brings it.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f'{what} needs an optional dependency: pip install "runstone[{extra}]"')
        self.extra = extra


class ErrorCodes(NamedTuple):
    """What an error is called by each transport."""

    code: str
    http: int
    cli: int
    mlflow: str


_CODES: dict[type[RunstoneError], ErrorCodes] = {
    ImmutableParam: ErrorCodes("immutable_param", 400, 2, "INVALID_PARAMETER_VALUE"),
    TooLarge: ErrorCodes("too_large", 413, 2, "INVALID_PARAMETER_VALUE"),
    InvalidArgument: ErrorCodes("invalid_argument", 400, 2, "INVALID_PARAMETER_VALUE"),
    NotFound: ErrorCodes("not_found", 404, 3, "RESOURCE_DOES_NOT_EXIST"),
    AlreadyExists: ErrorCodes("already_exists", 400, 4, "RESOURCE_ALREADY_EXISTS"),
    InvalidState: ErrorCodes("invalid_state", 400, 5, "INVALID_PARAMETER_VALUE"),
    Unauthenticated: ErrorCodes("unauthenticated", 401, 6, "UNAUTHENTICATED"),
    PermissionDenied: ErrorCodes("permission_denied", 403, 6, "PERMISSION_DENIED"),
    StorageFull: ErrorCodes("storage_full", 503, 7, "TEMPORARILY_UNAVAILABLE"),
    TooManyRequests: ErrorCodes("too_many_requests", 429, 7, "REQUEST_LIMIT_EXCEEDED"),
    Unavailable: ErrorCodes("unavailable", 503, 7, "TEMPORARILY_UNAVAILABLE"),
    StoreCorrupt: ErrorCodes("store_corrupt", 500, 8, "DATA_LOSS"),
    Unsupported: ErrorCodes("unsupported", 501, 9, "NOT_IMPLEMENTED"),
    MissingExtra: ErrorCodes("missing_extra", 501, 9, "NOT_IMPLEMENTED"),
    RunstoneError: ErrorCodes("internal", 500, 1, "INTERNAL_ERROR"),
}


def codes_of(error: RunstoneError) -> ErrorCodes:
    """Return the codes of an error's nearest class in the table."""
    return next(_CODES[cls] for cls in type(error).__mro__ if cls in _CODES)


def error_of(code: str, message: str, *, field: str | None = None, position: int | None = None) -> RunstoneError:
    """Return the error that a code stands for, as a client of the server raises it again."""
    cls = next((cls for cls, codes in _CODES.items() if codes.code == code), RunstoneError)
    if issubclass(cls, InvalidArgument):
        return cls(message, field=field, position=position)
    if issubclass(cls, MissingExtra):
        return Unsupported(message)
    return cls(message)
