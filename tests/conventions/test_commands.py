"""The two commands of the README are what a machine runs, and the contract has its targets."""

import re

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
