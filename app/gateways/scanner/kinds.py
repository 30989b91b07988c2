"""Which kind of file an upload is: by its first bytes, and its name must not contradict."""

from enum import StrEnum
from pathlib import PurePosixPath

from app.domain.errors import Invalid


class FileKind(StrEnum):
    """The kinds of file that can become pages."""

    JPEG = "jpeg"
    PNG = "png"
    PDF = "pdf"
    HEIC = "heic"


_EXTENSIONS = {
    "": frozenset(FileKind),
    ".pdf": frozenset({FileKind.PDF}),
    # Phones rename pictures freely among these, and all of them are drawn anew.
    **dict.fromkeys(
        (".jpg", ".jpeg", ".jfif", ".png", ".heic", ".heif"),
        frozenset({FileKind.JPEG, FileKind.PNG, FileKind.HEIC}),
    ),
}
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
)


def file_kind(data: bytes, filename: str) -> FileKind:
    """Return the kind of an upload; raises ``Invalid`` (``file_type``) for any other."""
    kind = _kind_of_content(data)
    extension = PurePosixPath(filename.replace("\0", "")).suffix.lower()
    if kind is None or kind not in _EXTENSIONS.get(extension, frozenset()):
        raise Invalid("not a picture or a PDF", code="file_type")
    return kind


def _kind_of_content(data: bytes) -> FileKind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if data.startswith(b"%PDF-"):
        return FileKind.PDF
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return FileKind.HEIC
    return None
