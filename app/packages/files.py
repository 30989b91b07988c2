"""The bytes of a package: as text, and as a hash that says whether anything changed."""

import hashlib
from pathlib import Path

from app.packages.problems import Findings


def text_of(path: Path, findings: Findings) -> str | None:
    """Return a UTF-8 file, or None after noting that it is missing or something else."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        findings.add(path.name, 0, "", "缺少文件", "the file is missing")
    except UnicodeDecodeError:
        findings.add(path.name, 0, "", "不是 UTF-8 编码", "is not UTF-8")
    return None


def sha256_of(folder: Path) -> str:
    """Return one hash over the names and contents of all tables and texts in a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in (".csv", ".md"):
            whole.update(
                path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
            )
    return whole.hexdigest()
