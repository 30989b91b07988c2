"""Draws the pages of a PDF; the document itself is never kept or shown."""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PIL import Image

from app.domain.errors import Invalid
from app.gateways.scanner.pages import Limits

if TYPE_CHECKING:
    import pypdfium2

POINTS_AN_INCH = 72
DOTS_AN_INCH = 200
# pdfium keeps global state and is not safe in two threads at once.
_ONE_AT_A_TIME = threading.Lock()


def draw_pages(data: bytes, limits: Limits) -> Iterator[Image.Image]:
    """Yield every page as a picture at 200 dpi, bounded by ``limits.longest_side``.

    Raises ``Invalid``: ``file_broken`` (also when locked by a password), ``file_pages``,
    ``file_empty``.
    """
    import pypdfium2

    with _ONE_AT_A_TIME:
        try:
            document = pypdfium2.PdfDocument(data)
        except Exception as fault:
            raise Invalid("the document cannot be read", code="file_broken") from fault
        count = len(document)
    try:
        if not count:
            raise Invalid("the document has no page", code="file_empty")
        if count > limits.pages:
            raise Invalid("too many pages", code="file_pages", pages=limits.pages)
        for number in range(count):
            yield _draw(document, number, limits.longest_side)
    finally:
        with _ONE_AT_A_TIME:
            document.close()


def _draw(document: "pypdfium2.PdfDocument", number: int, longest: int) -> Image.Image:
    with _ONE_AT_A_TIME:
        try:
            page = document[number]
            size = max(page.get_size())
            scale = min(DOTS_AN_INCH / POINTS_AN_INCH, longest / size)
            picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
        except Exception as fault:
            raise Invalid("a page cannot be drawn", code="file_broken") from fault
    return picture
