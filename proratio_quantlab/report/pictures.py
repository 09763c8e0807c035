"""The pictures of a page as PNG files, for documents that cannot move."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import plotly.graph_objects as go

from proratio_core.errors import ConfigurationError

__all__ = ["write_pictures"]

_WIDTH_PX: Final = 1_100
_SCALE: Final = 2


def write_pictures(folder: Path, figures: Mapping[str, go.Figure]) -> tuple[Path, ...]:
    """Write each figure to `folder` under its name and return the files.

    Raises
    ------
    ConfigurationError
        The extra `pictures` or a browser for it is not installed, or a file cannot be written.
    """
    if find_spec("kaleido") is None:
        raise ConfigurationError(
            "pictures need the extra 'pictures': pip install 'proratio[pictures]', and a Chrome "
            "or Chromium"
        )
    files = tuple(folder / f"{name}.png" for name in figures)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, figure in zip(files, figures.values(), strict=True):
            figure.write_image(file, width=_WIDTH_PX, scale=_SCALE)
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ConfigurationError(
            f"pictures cannot be written to {folder} ({reason}); install Chrome or Chromium, or "
            "name another folder with --png"
        ) from error
    return files
