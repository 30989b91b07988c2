"""The bytes of a package as text."""

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
