"""What machine the figures were taken on."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path


def describe() -> dict[str, str | int]:
    """Return processor, cores, memory, system and the versions that matter."""
    return {
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count() or 0,
        "memory": _field("/proc/meminfo", "MemTotal"),
        "system": platform.platform(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "flask_appbuilder": version("flask-appbuilder"),
        "sqlalchemy": version("sqlalchemy"),
    }


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process, MB."""
    return int(_field(f"/proc/{pid}/status", "VmRSS").split()[0]) / 1024


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        if line.startswith(name):
            return line.partition(":")[2].strip()
    return ""
