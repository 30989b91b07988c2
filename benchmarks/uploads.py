"""Uploads a second: a phone's photo made safe, and a ten-page scan."""

import io
from collections.abc import Iterator

from fpdf import FPDF
from PIL import Image

from app.gateways.scanner import Limits, scan
from benchmarks.timing import Figure, timed

LIMITS = Limits(bytes=20 * 1024 * 1024, pages=30)


def measure() -> Iterator[Figure]:
    """Scan a 3 and a 12 megapixel photo and a PDF of ten pages."""
    for name, size in (("3 Mpx photo", (2048, 1536)), ("12 Mpx photo", (4032, 3024))):
        photo = picture(size)
        yield timed(
            f"upload: {name}", lambda photo=photo: scan(photo, filename="a.jpg", limits=LIMITS),
            rounds=5, note=f"{len(photo) // 1024} KB",
        )  # fmt: skip
    document = scanned_document(10)
    yield timed(
        "upload: PDF of 10 pages", lambda: scan(document, filename="a.pdf", limits=LIMITS),
        rounds=3, note=f"{len(document) // 1024} KB",
    )  # fmt: skip


def picture(size: tuple[int, int]) -> bytes:
    """Return a photo with a grain, as a camera makes it."""
    drawn = io.BytesIO()
    Image.effect_noise(size, 30).convert("RGB").save(drawn, "JPEG", quality=70)
    return drawn.getvalue()


def scanned_document(pages: int) -> bytes:
    """Return a PDF with text on every page."""
    document = FPDF()
    document.set_font("helvetica", size=14)
    for page in range(pages):
        document.add_page()
        for line in range(30):
            document.cell(0, 8, f"page {page} line {line} of a contract", new_x="LMARGIN",
                          new_y="NEXT")  # fmt: skip
    return bytes(document.output())
