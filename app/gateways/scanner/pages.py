"""What comes out of the scanner, and how much may go in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one upload may hold (EL19): bytes, pages, pixels of a picture, its short side.

    ``small_refused`` makes a short side below ``short_side`` an error instead of a warning.
    ``longest_side`` bounds the pages that come out, in pixels.
    """

    bytes: int = 5 * 1024 * 1024
    pages: int = 10
    pixels: int = 40_000_000
    short_side: int = 800
    small_refused: bool = False
    longest_side: int = 2600


@dataclass(frozen=True, slots=True)
class Quality:
    """How readable a page is.

    ``blurred``: variance of the Laplacian at a fixed size, lower is more blurred;
    ``dark``: 0 (white) to 1 (black); ``short_side`` in pixels of the picture as it was sent;
    ``warnings``: any of ``small``, ``blurred``, ``dark``, ``bright``.
    """

    blurred: float
    dark: float
    short_side: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, drawn anew: nothing of the uploaded file is in ``image`` but its pixels.

    ``image`` and ``thumbnail`` are JPEG; ``sha256_source`` is the uploaded file's, in hex.
    """

    image: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256_source: str
    quality: Quality
