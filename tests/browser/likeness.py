"""Whether a picture of a page is like the one that was looked at and kept.

Both are shrunk to a thumbnail in grey: letters and digits blur, the layout stays. So another
machine's fonts are no difference, while a part that is missing, moved or unstyled is.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["KEPT", "difference", "thumbnail"]

KEPT = Path(__file__).with_name("kept")
_WIDTH = 96


def thumbnail(picture: bytes) -> Image.Image:
    """Return a picture, 96 pixels wide, in grey."""
    whole = Image.open(io.BytesIO(picture)).convert("L")
    height = max(1, round(whole.height * _WIDTH / whole.width))
    return whole.resize((_WIDTH, height), Image.Resampling.BOX)


def difference(first: Image.Image, second: Image.Image) -> float:
    """Return the mean difference of two thumbnails, 0 (alike) to 255; of other sizes it is 255."""
    if first.size != second.size:
        return 255.0
    return float(np.abs(_levels(first) - _levels(second)).mean())


def _levels(picture: Image.Image) -> npt.NDArray[np.float64]:
    return np.asarray(picture, np.float64)
