"""The two commands of the README are what a machine runs, and the contract has its targets."""

import json
import re
import subprocess
import sys

import pytest

from tests.conventions.sources import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = (
    "setup run test check bars walk bench simulate screenshots demo migration messages format"
)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_machine_runs_the_test_command_of_the_readme(readme):
    fenced = re.findall(r"(?s)```\w*\n(.*?)```", (ROOT / readme).read_text(encoding="utf-8"))
    commands = [line.split("#")[0].strip() for block in fenced for line in block.splitlines()]
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]

    assert last == "make test"
    assert last in commands
    assert "make run" in commands


@pytest.mark.parametrize("target", TARGETS.split())
def test_every_command_of_the_contract_is_there(target):
    assert re.search(rf"(?m)^{target}:.*## \S", MAKEFILE)


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda p: p.name)
def test_every_locked_package_has_its_hashes(lock):
    text = lock.read_text(encoding="utf-8")
    packages = re.findall(r"(?m)^[a-z0-9][^\n]*==[^\n]*", text)
    hashed = re.findall(r"(?m)^[a-z0-9][^\n]*== *[^\n]*\\\n +--hash=sha256:", text)

    assert packages
    assert len(packages) == len(hashed)
    assert "://" not in text


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-grown.lock"])
def test_the_bill_of_materials_names_every_locked_package_and_no_other(name):
    written = subprocess.run(
        [sys.executable, "-I", "deploy/bom.py", name],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    made = json.loads(written.stdout)
    lock = (ROOT / name).read_text(encoding="utf-8")
    locked = set(re.findall(r"(?m)^([^\s=]+==[^\s;]+)", lock))
    hashes = [
        one["content"]
        for part in made["components"]
        for reference in part["externalReferences"]
        for one in reference["hashes"]
    ]

    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert {f"{part['name']}=={part['version']}" for part in made["components"]} == locked
    assert len(locked) > 40
    assert sorted(hashes) == sorted(re.findall(r"sha256:(\w{64})", lock))
    assert made["dependencies"][0]["dependsOn"] == [part["purl"] for part in made["components"]]
