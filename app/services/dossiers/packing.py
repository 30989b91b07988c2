"""Packing the file of a case: a zip that is written part by part, so that none of it piles up."""

import hashlib
import html
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from app import anju_verify
from app.gateways.storage import NotStored, Storage
from app.services.dossiers.contents import HEADINGS, Picture, Record, plain
from app.services.dossiers.requests import Kept, part_key
from app.services.privacy.data_exports import shown

PART = 4 * 1024 * 1024
"""So many bytes are kept as one part."""

STYLE = (
    "body{font:16px/1.75 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;"
    "max-width:60rem;margin:2rem auto;padding:0 1rem;color:#17212f}h1{font-size:1.75rem}"
    "h2{font-size:1.25rem;border-top:1px solid #dce2e9;padding-top:1rem}dl{margin:0}"
    "dl>dt{float:left;clear:left;width:11rem;color:#5a6679}dl>dd{margin:0 0 .25rem 11rem}"
    "li{margin-bottom:.75rem}img{max-width:100%;border:1px solid #dce2e9}"
    "figure{margin:1rem 0}code{overflow-wrap:anywhere}@media(max-width:40rem)"
    "{dl>dt{float:none;width:auto}dl>dd{margin-left:0}}"
)
HOW = (
    "文件夹内的 anju_verify.py 只需 Python 3.11 以上，可离线核验本案卷是否完整："
    "Python 3.11 or newer checks, without any network, that this file is whole:"
)


class PartWriter:
    """A file that is only written forward: each full part goes to the storage at once."""

    def __init__(self, storage: Storage, place: str) -> None:
        self.storage, self.place = storage, place
        self.parts = self.size = 0
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        """Take bytes, and put away what makes a part."""
        self._held += data
        self.size += len(data)
        while len(self._held) >= PART:
            self._put(bytes(self._held[:PART]))
            del self._held[:PART]
        return len(data)

    def flush(self) -> None:
        """Do nothing: parts are put away when they are full."""

    def finish(self) -> Kept:
        """Put away the rest."""
        if self._held:
            self._put(bytes(self._held))
            self._held.clear()
        return Kept(self.place, self.parts, self.size)

    def _put(self, data: bytes) -> None:
        self.parts += 1
        self.storage.put(part_key(self.place, self.parts), data)


def packed(
    record: Record,
    pictures: list[Picture],
    papers: dict[str, bytes],
    *,
    storage: Storage,
    place: str,
    told: Callable[[int], None],
) -> Kept:
    """Write the zip and return where it is kept; ``told`` hears how many pictures are in it.

    A picture that is kept no more leaves its line in the record, without a file.
    """
    out, sums = PartWriter(storage, place), dict[str, str]()
    with zipfile.ZipFile(cast("IO[bytes]", out), "w", zipfile.ZIP_DEFLATED) as archive:
        for count, picture in enumerate(pictures, start=1):
            try:
                data = storage.get(picture.storage_key)
            except NotStored:
                continue
            picture.said["file"] = picture.name
            _add(archive, sums, picture.name, data, zipfile.ZIP_STORED)
            told(count)
        text = json.dumps(record, ensure_ascii=False, indent=1, default=plain)
        files = papers | {
            "case.json": text.encode(),
            "index.html": page_of(json.loads(text), sorted(papers)).encode(),
            "anju_verify.py": Path(anju_verify.__file__).read_bytes(),
        }
        for name, data in files.items():
            _add(archive, sums, name, data)
        lines = "".join(f"{kept}  {name}\n" for name, kept in sums.items())
        archive.writestr(anju_verify.SUMS, lines)
    return out.finish()


def _add(
    archive: zipfile.ZipFile, sums: dict[str, str], name: str, data: bytes,
    how: int = zipfile.ZIP_DEFLATED,
) -> None:  # fmt: skip
    sums[name] = hashlib.sha256(data).hexdigest()
    archive.writestr(name, data, compress_type=how)


def page_of(record: dict[str, Any], papers: list[str]) -> str:
    """Return the page of a case: every value, escaped; pictures from beside it, nothing else."""
    number = html.escape(str(record["case"]["number"]))
    parts = "".join(
        f"<h2>{html.escape(HEADINGS[name])}</h2>{_section(name, value)}"
        for name, value in record.items()
    )
    links = "".join(
        f'<li><a href="{html.escape(name)}">{html.escape(name)}</a></li>' for name in papers
    )
    return (
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src 'self' file:; style-src 'unsafe-inline'\">"
        f"<title>案卷 {number}</title><style>{STYLE}</style></head><body>"
        f"<h1>案卷 Case file {number}</h1><ul>{links}</ul>{parts}"
        f"<h2>核验 Check</h2><p>{HOW}</p><p><code>python3 anju_verify.py .</code></p>"
        "</body></html>"
    )


def _section(name: str, value: Any) -> str:
    if name != "materials":
        return shown(value)
    return "".join(
        f"<h3>{html.escape(one['name'])}</h3>"
        + shown({key: one[key] for key in ("code", "origin", "verdict")})
        + "".join(map(_figure, one["pages"]))
        for one in value
    ) or shown([])


def _figure(page: dict[str, Any]) -> str:
    name = html.escape(page["file"])
    picture = f'<img src="{name}" alt="{name}">' if name else "（文件已不再保存 kept no more）"
    return f"<figure>{picture}<figcaption><code>{page['sha256']}</code></figcaption></figure>"
