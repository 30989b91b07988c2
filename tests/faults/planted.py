"""Faults that a hurried hand might make in the code of money, each planted in a copy of the hall."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("app", "benchmarks", "tests", "config.py", "pyproject.toml", "run.py")
RED = 1
"""The exit code of pytest when tests ran and some did not hold."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where ``right`` stands ``wrong`` is put; ``tests`` must turn red."""

    name: str
    path: str
    right: str
    wrong: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


RUNS = "tests/jobs/test_payouts.py"
FAULTS = (
    Fault(
        "the claim takes whatever the row has become",
        "app/services/paying/claims.py",
        '.where(Payout.id == sa.bindparam("of_payout"), Payout.status == PayoutStatus.APPROVED)',
        '.where(Payout.id == sa.bindparam("of_payout"))',
        ("tests/services/test_claims.py",),
    ),
    Fault(
        "an answer to an earlier taking counts",
        "app/services/paying/payments.py",
        "if payout.fence != fence or payout.status not in awaited:",
        "if payout.status not in awaited:",
        (RUNS,),
    ),
    Fault(
        "what a dead worker left behind is sent again",
        "app/jobs/payouts.py",
        'payments.to_unknown(session, payout, now=now, why="restart")',
        'claims.give_back(session, payout, now=now, why="restart")',
        (RUNS,),
    ),
    Fault(
        "the second signature may be the first one's",
        "app/domain/policy.py",
        "    if actor.user_id in earlier:",
        "    if actor.user_id in earlier and not actor.has(Role.SECOND_REVIEWER):",
        ("tests/domain/test_policy.py",),
    ),
    Fault(
        "the bank's answer is written and not kept",
        "app/jobs/payouts.py",
        'crash.point("answer.written")',
        "session.rollback()",
        (RUNS,),
    ),
    Fault(
        "fen go out where yuan are meant",
        "app/gateways/bank/simulator.py",
        'f"{payment.amount:.2f}"',
        'f"{payment.amount * 100:.2f}"',
        ("tests/gateways/test_bank_simulator.py",),
    ),
    Fault(
        "a booking counts as often as the statement has it",
        "app/services/paying/statements.py",
        "return Bucket.ONLY_THEIRS if payout.id in gone else Bucket.MATCHED",
        "return Bucket.MATCHED",
        ("tests/services/test_statements.py",),
    ),
    Fault(
        "the bank's window ends before it begins",
        "app/services/paying/payments.py",
        "day = (lacked_on(payout) or local_date(now)) + dt.timedelta(days=1)",
        "day = (lacked_on(payout) or local_date(now)) - dt.timedelta(days=1)",
        (RUNS,),
    ),
)


def copy_to(place: Path) -> None:
    """Copy the hall and its tests."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            left = shutil.ignore_patterns("__pycache__", "results")
            shutil.copytree(source, place / name, ignore=left)
        else:
            shutil.copy2(source, place / name)


def plant(place: Path, fault: Fault) -> None:
    """Put the fault into the copy; raises ``LookupError`` when its place is not there once."""
    text = (ROOT / fault.path).read_text(encoding="utf-8")
    if text.count(fault.right) != 1:
        raise LookupError(f"{fault.path} has no one place for: {fault.name}")
    planted = text.replace(fault.right, fault.wrong)
    (place / fault.path).write_text(planted, encoding="utf-8")


def heal(place: Path, fault: Fault) -> None:
    """Take the fault out of the copy again."""
    shutil.copy2(ROOT / fault.path, place / fault.path)


def outcome(place: Path, tests: tuple[str, ...]) -> int:
    """Run tests of the copy to the first that does not hold; return pytest's exit code."""
    plain = {key: value for key, value in os.environ.items() if key != "ANJU_BARS"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *tests],
        cwd=place, env=plain, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        timeout=900, check=False,
    ).returncode  # fmt: skip
