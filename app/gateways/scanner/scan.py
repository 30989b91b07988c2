"""One upload in, safe pages out."""

import hashlib
import io
from collections.abc import Iterable

from PIL import Image

from app.domain.errors import Invalid
from app.gateways.scanner.antivirus import Antivirus, NoAntivirus
from app.gateways.scanner.documents import draw_pages
from app.gateways.scanner.kinds import FileKind, file_kind
from app.gateways.scanner.pages import Limits, Page
from app.gateways.scanner.pictures import open_picture
from app.gateways.scanner.quality import quality_of

THUMBNAIL_SIDE = 320
PAGE_JPEG_QUALITY = 85
THUMBNAIL_JPEG_QUALITY = 75
LEAST_SIDE = 16
NO_ANTIVIRUS = NoAntivirus()


def scan(
    data: bytes, *, filename: str, limits: Limits, antivirus: Antivirus = NO_ANTIVIRUS
) -> list[Page]:
    """Check an upload and draw its pages anew, without metadata, scripts or attachments.

    Raises ``Invalid`` with one of the codes ``file_empty``, ``file_too_big``, ``file_virus``,
    ``file_type``, ``file_heic``, ``file_broken``, ``file_pixels``, ``file_pages``,
    ``picture_too_small``; ``Unavailable`` when the antivirus does not answer.
    """
    if not data:
        raise Invalid("the file is empty", code="file_empty")
    if len(data) > limits.bytes:
        raise Invalid("the file is too big", code="file_too_big", bytes=limits.bytes)
    antivirus.check(data)
    kind = file_kind(data, filename)
    source = hashlib.sha256(data).hexdigest()
    return [_page(picture, source, limits) for picture in _pictures(data, kind, limits)]


def _pictures(data: bytes, kind: FileKind, limits: Limits) -> Iterable[Image.Image]:
    if kind is FileKind.PDF:
        return draw_pages(data, limits)
    return [open_picture(data, kind, pixels=limits.pixels)]


def _page(picture: Image.Image, source: str, limits: Limits) -> Page:
    short_side = min(picture.size)
    if short_side < LEAST_SIDE or (limits.small_refused and short_side < limits.short_side):
        raise Invalid("too small to read", code="picture_too_small", pixels=limits.short_side)
    picture.thumbnail((limits.longest_side, limits.longest_side))
    quality = quality_of(picture, short_side=short_side, wanted=limits.short_side)
    image = _jpeg(picture, PAGE_JPEG_QUALITY)
    width, height = picture.size
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    thumbnail = _jpeg(picture, THUMBNAIL_JPEG_QUALITY)
    return Page(image, thumbnail, width, height, source, quality)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    drawn = io.BytesIO()
    # The frame of a picture remembers its comment, profile and EXIF; a copy of the pixels not.
    plain = Image.frombytes("RGB", picture.size, picture.tobytes())
    plain.save(drawn, "JPEG", quality=quality)
    return drawn.getvalue()
