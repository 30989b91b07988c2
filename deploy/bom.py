# ruff: noqa: INP001 - run by its path
"""Write the bill of materials of a hall: CycloneDX 1.6 from a lock file, on stdout.

python3 deploy/bom.py requirements-grown.lock > anju.cdx.json
"""

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ENTRY = re.compile(
    r"(?m)^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)\s*(?:;\s*([^\\\n]+?))?\s*\\\n((?:    --hash=.*\n?)+)"
)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill(lock: str, project: dict[str, Any]) -> dict[str, Any]:
    """Return the bill of a lock file's text; equal locks give equal bills."""
    name, version = project["name"], project["version"]
    components = [component(*found) for found in ENTRY.findall(lock)]
    own = f"pkg:generic/{name}@{version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": own, "name": name, "version": version,
            },
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [one["bom-ref"] for one in components]}],
    }  # fmt: skip


def component(name: str, version: str, marker: str, hashes: str) -> dict[str, Any]:
    """Return a package: its address of packages (purl) and the hashes of its files."""
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    made: dict[str, Any] = {
        "type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{name}/{version}/",
                "hashes": [{"alg": "SHA-256", "content": one} for one in HASH.findall(hashes)],
            },
        ],
    }  # fmt: skip
    if marker:
        made["properties"] = [{"name": "python:marker", "value": marker}]
    return made


def main(arguments: list[str]) -> int:
    """Write the bill of the lock file that is named, or of what runs the hall."""
    lock = Path(arguments[0]) if arguments else ROOT / "requirements.lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    made = bill(lock.read_text(encoding="utf-8"), project)
    sys.stdout.write(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
