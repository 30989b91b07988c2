"""Opens one picture whole, upright, in RGB, within the pixel limit."""

import io
from contextlib import suppress
from typing import Final

from PIL import Image, ImageOps

from app.domain.errors import Invalid
from app.gateways.scanner.kinds import FileKind

_FORMATS: Final = {
    FileKind.JPEG: ("JPEG",),
    FileKind.PNG: ("PNG",),
    FileKind.HEIC: ("HEIF",),
}
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def open_picture(data: bytes, kind: FileKind, *, pixels: int) -> Image.Image:
    """Return the picture decoded to its last row.

    Raises ``Invalid``: ``file_heic`` (no decoder here), ``file_pixels``, ``file_broken``.
    """
    if kind is FileKind.HEIC:
        _register_heic()
    # Decoders fail in a dozen ways on hostile bytes; every one of them is a broken file.
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS[kind]) as picture:
            _check_size(picture, pixels)
            picture.load()
            return _plain(picture)
    except Invalid:
        raise
    except _BOMBS as fault:
        raise Invalid("too many pixels", code="file_pixels", pixels=pixels) from fault
    except Exception as fault:
        raise Invalid("the picture cannot be read", code="file_broken") from fault


def _check_size(picture: Image.Image, pixels: int) -> None:
    if picture.width * picture.height > pixels:
        raise Invalid("too many pixels", code="file_pixels", pixels=pixels)


def _plain(picture: Image.Image) -> Image.Image:
    """Return the picture upright, in RGB, and white where it was transparent."""
    upright = picture
    # A damaged orientation tag is no reason to refuse a readable picture.
    with suppress(Exception):
        upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):
        upright = upright.convert("I").point(lambda level: level / 256).convert("L")
    if upright.has_transparency_data:
        upright = upright.convert("RGBA")
        paper = Image.new("RGB", upright.size, "white")
        paper.paste(upright, mask=upright.getchannel("A"))
        return paper
    return upright.convert("RGB")


def _register_heic() -> None:
    try:
        import pi_heif
    except ImportError as fault:
        raise Invalid("no decoder for this phone format", code="file_heic") from fault
    pi_heif.register_heif_opener(thumbnails=False)
