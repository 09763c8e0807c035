"""How a long-running process is: a small file of the installation's state, rewritten as it works.

It says what a person or a container's health check needs when nothing else answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from proratio_core.atomic_file import replacing
from proratio_core.errors import ConfigurationError, DataError

__all__ = ["HealthFile"]

Report = TypeVar("Report")


class HealthFile(Generic[Report]):
    """The file of one process.

    Parameters
    ----------
    path
        Where it is; its folder is made.
    kind
        What it reports.
    """

    def __init__(self, path: Path, kind: type[Report]) -> None:
        self.path = path
        self._kind = kind

    def write(self, report: Report) -> None:
        """Replace the report, whole or not at all.

        Raises
        ------
        ConfigurationError
            The folder is not writable.
        """
        try:
            with replacing(self.path) as partial:
                partial.write_bytes(msgspec.json.encode(report))
        except OSError as error:
            raise ConfigurationError(
                f"the health file {self.path} cannot be written ({error}); make its folder writable"
            ) from error

    def read(self) -> Report | None:
        """Return the last report; None when there is none, because none runs or it ended well.

        Raises
        ------
        DataError
            The file is not a report.
        """
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=self._kind)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, OSError) as error:
            raise DataError(
                f"the health file {self.path} is not readable ({error}); remove it, a running "
                "process writes it again"
            ) from error

    def remove(self) -> None:
        """Say that the process ended well."""
        self.path.unlink(missing_ok=True)
