"""Every failure a user can meet, each with a title and a hint for what to do next.

CtworkError
├── UsageError          the call itself is wrong                       exit 2
│   └── LensError       the filter text is wrong, with the column      exit 2
├── SourceError         nothing could be read                          exit 4
├── CaseError           the case folder cannot be used                 exit 5
└── EnvironmentFailure  disk full, permissions, network                exit 5
"""

from typing import ClassVar


class CtworkError(Exception):
    """A failure with a one-line `title` and a `hint` that says what to do next."""

    exit_code: ClassVar[int] = 5

    def __init__(self, title: str, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint


class UsageError(CtworkError):
    """The call cannot be understood."""

    exit_code = 2


class LensError(UsageError):
    """The lens text is wrong at `column` (0-based, in code points)."""

    def __init__(self, title: str, column: int, hint: str = "") -> None:
        super().__init__(title, hint)
        self.column = column


class SourceError(CtworkError):
    """Nothing could be read."""

    exit_code = 4


class CaseError(CtworkError):
    """The case folder cannot be used."""


class EnvironmentFailure(CtworkError):
    """The machine failed: disk full, permissions, network."""
