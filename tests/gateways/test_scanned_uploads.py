"""Uploads become safe pages: real pictures, real documents, and hostile ones."""

import hashlib
import io
import struct
import sys
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFilter, PngImagePlugin

from app.domain.errors import Invalid
from app.gateways.scanner import Limits, scan
from app.gateways.scanner.antivirus import EICAR

LIMITS = Limits()


def document(size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Return a sheet with lines of text, sharp and bright."""
    return drawn_document(size).copy()


@cache
def drawn_document(size: tuple[int, int]) -> Image.Image:
    """Draw the sheet; slow, so once for each size."""
    sheet = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(sheet)
    for line in range(10, size[1] - 20, 22):
        pen.text(
            (20, line), f"Contract {line} of sale, price 980,000.00 yuan " * 4, fill="black"
        )
    return sheet


def saved(picture: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    kept = io.BytesIO()
    picture.save(kept, kind, **more)
    return kept.getvalue()


def pdf(pages: int, **more: object) -> bytes:
    made = FPDF(**more)
    made.set_font("helvetica", size=14)
    made.set_auto_page_break(False)
    for number in range(pages):
        made.add_page()
        for line in range(30):
            made.cell(
                0,
                8,
                f"Page {number} line {line}: certificate of residence",
                new_x="LMARGIN",
                new_y="NEXT",
            )
    return bytes(made.output())


PHOTO = saved(document())


def refusal(data: bytes, filename: str = "a.jpg", limits: Limits = LIMITS) -> str:
    with pytest.raises(Invalid) as refused:
        scan(data, filename=filename, limits=limits)
    return refused.value.code


def test_a_photo_becomes_one_page_with_a_thumbnail():
    [page] = scan(PHOTO, filename="证明.JPG", limits=LIMITS)

    assert (page.width, page.height) == (1200, 900)
    assert page.sha256_source == hashlib.sha256(PHOTO).hexdigest()
    assert page.quality.warnings == ()
    assert Image.open(io.BytesIO(page.image)).format == "JPEG"
    assert max(Image.open(io.BytesIO(page.thumbnail)).size) == 320


def test_place_and_camera_do_not_survive():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (31.0, 49.0, 12.0)
    data = saved(document(), exif=exif, comment=b"written by somebody", icc_profile=b"profile")

    [page] = scan(data, filename="a.jpg", limits=LIMITS)

    assert b"SecretCamera" in data
    for drawn in (page.image, page.thumbnail):
        picture = Image.open(io.BytesIO(drawn))
        assert not picture.getexif()
        assert not {"exif", "comment", "icc_profile"} & set(picture.info)
        assert b"SecretCamera" not in drawn
        assert b"somebody" not in drawn


def test_a_picture_held_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    [page] = scan(saved(document(), exif=exif), filename="a.jpg", limits=LIMITS)

    assert (page.width, page.height) == (900, 1200)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_orientation_tag_does_not_refuse_a_readable_picture():
    data = saved(document(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01\x12garbage")

    assert len(scan(data, filename="a.jpg", limits=LIMITS)) == 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_png_becomes_rgb_on_white(mode):
    picture = Image.new("L", (900, 900), 255)
    picture = picture.convert(mode) if mode != "I;16" else Image.new(mode, (900, 900), 65535)
    if mode in {"RGBA", "LA"}:
        picture.putalpha(0)

    [page] = scan(saved(picture, "PNG"), filename="a.png", limits=LIMITS)

    drawn = Image.open(io.BytesIO(page.image))
    assert drawn.mode == "RGB"
    assert min(drawn.getpixel((450, 450))) > 250


def test_a_cmyk_jpeg_is_read():
    assert scan(saved(document().convert("CMYK")), filename="a.jpeg", limits=LIMITS)


@pytest.mark.parametrize("tenths", range(1, 10))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_cut_off_is_broken(kind, tenths):
    whole = saved(document(), kind)

    code = refusal(whole[: len(whole) * tenths // 10], "a.png")

    assert code == "file_broken"


def chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png_of(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0"))


@pytest.mark.parametrize("side", [6400, 10_000, 12_000, 30_000, 2_000_000])
def test_a_png_with_too_many_pixels_is_refused_unopened(side):
    assert refusal(png_of(side, side), "a.png") == "file_pixels"


def test_the_pixel_limit_is_the_given_one():
    assert refusal(PHOTO, limits=Limits(pixels=1_000_000)) == "file_pixels"


def test_a_png_with_a_bomb_of_text_is_refused():
    text = PngImagePlugin.PngInfo()
    text.add_text("bomb", "A" * 20_000_000, zip=True)

    assert refusal(saved(document(), "PNG", pnginfo=text), "a.png") == "file_broken"


def test_a_trailing_archive_does_not_survive():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")

    [page] = scan(PHOTO + archive.getvalue(), filename="a.jpg", limits=LIMITS)

    assert b"script" not in page.image
    assert not zipfile.is_zipfile(io.BytesIO(page.image))


@pytest.mark.parametrize(
    ("data", "filename"),
    [
        (b"GIF89a/*" + PHOTO, "a.jpg"),
        (b"<html><script>alert(1)</script>" + PHOTO, "a.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.jpg"),
        (b"\n<html>%PDF-1.7", "a.pdf"),
        (b"MZ\x90\0", "a.jpg"),
        (b"BM" + bytes(100), "a.jpg"),
        (b"II*\0" + bytes(100), "a.jpg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.png"),
        (b"x", "a.jpg"),
        (PHOTO, "a.exe"),
        (PHOTO, "a.jpg.html"),
        (PHOTO, "a.svg"),
        (PHOTO, "a.pdf"),
        (b"%PDF-1.7\n", "a.jpg"),
    ],
)
def test_what_is_no_picture_and_no_document_is_refused(data, filename):
    assert refusal(data, filename) == "file_type"


@pytest.mark.parametrize(
    "filename", ["image", "a.PNG", "../../a.jpg", "a\0.jpg", "\u202egpj.a.jpeg", "x" * 300]
)
def test_a_strange_name_does_not_matter(filename):
    assert scan(PHOTO, filename=filename, limits=LIMITS)


def test_an_empty_and_a_too_big_file_have_their_own_codes():
    assert refusal(b"") == "file_empty"
    assert refusal(PHOTO, limits=Limits(bytes=len(PHOTO) - 1)) == "file_too_big"
    assert scan(PHOTO, filename="a.jpg", limits=Limits(bytes=len(PHOTO)))


def test_a_phones_heic_picture_is_drawn_anew_where_a_decoder_is():
    pytest.importorskip("pi_heif")
    data = (Path(__file__).parent / "samples" / "phone.heic").read_bytes()

    [page] = scan(data, filename="IMG_0001.HEIC", limits=LIMITS)

    assert (page.width, page.height) == (1000, 820)
    assert b"SecretCamera" in data
    assert b"SecretCamera" not in page.image
    assert refusal(data[: len(data) // 2], "IMG_0001.heic") == "file_broken"
    assert refusal(data, "a.heic", Limits(pixels=800_000)) == "file_pixels"


def test_a_heic_picture_is_named_where_no_decoder_is(monkeypatch):
    # An entry of None makes an installed module unfindable, as it is without the extra.
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)

    assert refusal(heic, "IMG_0001.HEIC") == "file_heic"


def test_the_antivirus_test_file_is_refused_wherever_it_hides():
    assert refusal(EICAR) == "file_virus"
    assert refusal(PHOTO + EICAR) == "file_virus"


def test_each_page_of_a_document_is_drawn():
    pages = scan(pdf(3), filename="合同.pdf", limits=LIMITS)

    assert len(pages) == 3
    assert len({page.image for page in pages}) == 3
    assert {page.sha256_source for page in pages} == {pages[0].sha256_source}
    assert (pages[0].width, pages[0].height) == pytest.approx((1654, 2339), abs=2)
    assert pages[0].quality.warnings == ()
    assert all(page.image.startswith(b"\xff\xd8\xff") for page in pages)


def test_a_document_with_too_many_pages_is_refused():
    assert refusal(pdf(4), "a.pdf", Limits(pages=3)) == "file_pages"


def test_a_page_of_five_metres_is_drawn_small():
    [page] = scan(pdf(1, unit="pt", format=(14_400, 14_400)), filename="a.pdf", limits=LIMITS)

    assert max(page.width, page.height) <= LIMITS.longest_side


@pytest.mark.parametrize("tenths", [0, 1, 3])
def test_a_document_cut_off_is_broken(tenths):
    whole = pdf(2)

    assert (
        refusal(b"%PDF-1.7\n" + whole[9 : len(whole) * tenths // 10], "a.pdf") == "file_broken"
    )


def test_a_document_locked_by_a_password_is_broken():
    made = FPDF()
    made.add_page()
    made.set_encryption(owner_password="o", user_password="u")

    assert refusal(bytes(made.output()), "a.pdf") == "file_broken"


def test_a_small_picture_is_warned_of_or_refused():
    small = saved(document((1000, 640)))

    [page] = scan(small, filename="a.jpg", limits=LIMITS)

    assert (page.quality.short_side, page.quality.warnings) == (640, ("small",))
    assert refusal(small, limits=Limits(small_refused=True)) == "picture_too_small"


def test_a_dot_is_refused():
    assert refusal(saved(Image.new("RGB", (10, 2000)))) == "picture_too_small"


def test_blur_darkness_and_glare_are_warned_of():
    blurred = document().filter(ImageFilter.GaussianBlur(8))
    dark = document().point(lambda level: level // 6)
    glare = Image.new("RGB", (1200, 900), "white")

    found = [
        scan(saved(picture), filename="a.jpg", limits=LIMITS)[0].quality.warnings
        for picture in (blurred, dark, glare)
    ]

    assert found[0] == ("blurred",)
    assert "dark" in found[1]
    assert found[2] == ("blurred", "bright")


def test_a_large_photo_comes_out_within_bounds():
    photo = document().resize((4000, 3000))

    [page] = scan(saved(photo, quality=80), filename="a.jpg", limits=Limits(bytes=20_000_000))

    assert (page.width, page.height) == (2600, 1950)
    assert page.quality.short_side == 3000
