"""A process that pays on command and may be killed: loads the hall once, forks for every run.

``python -m tests.jobs.payer`` reads JSON lines. ``pay`` runs the payments in
so many children at once and answers how each ended: its exit code, or the negative number of
the signal. ``approve`` lets so many staff approve the same cases, ``codes`` lets so many ask for
codes, ``tries`` type one and ``log_ins`` try passwords. ``lead`` starts a child that leads, and answers with its number when
it does.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from flask import Flask

from app import sealing
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.policy import Actor
from app.extensions import db
from app.jobs import leader
from app.jobs.paying import pay_all
from app.models import Agency, Staff
from app.services import cases
from app.services.entry import signin
from app.services.people import codes
from app.services.people.people_rules import PeopleRules
from app.services.review import decisions
from app.transaction import transaction
from tests.databases import build_app
from tests.people import actor_of

ROOT = Path(__file__).parents[2]


class Payer:
    """The process as a test holds it; it works for whatever hall and bank it is told."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.payer"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip
        self.asked = 0
        self.app: Flask | None = None
        self.bank = ""

    def work_for(self, app: Flask, bank: str = "") -> Self:
        """Pay from this hall through the bank at this address."""
        self.app, self.bank = app, bank
        return self

    def pay(self, now: dt.datetime, crash_at: str = "", workers: int = 1) -> list[int]:
        """Run the payments once in so many processes at once; return how each ended."""
        return self._ask(now=now.isoformat(), crash_at=crash_at, workers=workers)

    def approve(self, cases: list[int], staff: list[int], now: dt.datetime) -> list[int]:
        """Let each of the staff, in a process of their own, approve every case; count for each."""
        return self._ask(approve=cases, staff=staff, now=now.isoformat())

    def codes(
        self, asked: list[list[tuple[str, str]]], now: dt.datetime, **rules: int
    ) -> list[int]:
        """Let each list of (mobile, address) be asked for in a process of its own."""
        return self._ask(codes=asked, rules=rules, now=now.isoformat())

    def tries(
        self, token: str, code: str, mobile: str, now: dt.datetime, workers: int
    ) -> list[int]:
        """Try a code ten times in each process, and use it; return how often each was let in."""
        one = {"tries": token, "code": code, "mobile": mobile}
        return self._ask(**one, workers=workers, now=now.isoformat())

    def log_ins(
        self, asked: list[list[tuple[str, str]]], now: dt.datetime, *, pictures: bool
    ) -> list[int]:
        """Let each list of (name, address) be tried with a wrong password; count the compared."""
        return self._ask(log_ins=asked, pictures=pictures, now=now.isoformat())

    def lead(self) -> int:
        """Start a leader and return its process number."""
        [number] = self._ask(lead=True)
        return number

    def _ask(self, **wanted: Any) -> list[int]:
        assert self.process.stdin
        assert self.process.stdout
        assert self.app
        with self.app.app_context():
            wanted["database"] = db.engine.url.render_as_string(hide_password=False)
        wanted |= {"home": str(self.app.config["ANJU_HOME"]), "bank": self.bank}
        self.asked += 1
        self.process.stdin.write(json.dumps(wanted | {"number": self.asked}) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            number, *told = map(int, line.split())
            if number == self.asked:
                return told
        raise RuntimeError("the process that pays has ended")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.kill()
        self.process.wait()


def main() -> None:
    """Answer every line of the standard input."""
    halls: dict[str, Flask] = {}
    for line in sys.stdin:
        wanted = json.loads(line)
        place = wanted["database"]
        app = halls.setdefault(
            place, halls.get(place) or build_app(Path(wanted["home"]), place)
        )
        app.config["ANJU_BANK_URL"] = wanted["bank"]
        if wanted.get("lead"):
            told = [_lead(app)]
        elif "approve" in wanted:
            told = _at_once([partial(_approve, app, wanted, key) for key in wanted["staff"]])
        elif "codes" in wanted:
            told = _at_once(
                [partial(_ask_codes, app, wanted, part) for part in wanted["codes"]]
            )
        elif "log_ins" in wanted:
            told = _at_once([partial(_log_in, app, wanted, part) for part in wanted["log_ins"]])
        elif "tries" in wanted:
            told = _at_once([partial(_try_code, app, wanted)] * wanted["workers"])
        else:
            told = _at_once([partial(_run, app, wanted)] * wanted["workers"])
        sys.stdout.write(" ".join(map(str, [wanted["number"], *told])) + "\n")
        sys.stdout.flush()


def _at_once(deeds: list[Callable[[], int]]) -> list[int]:
    gate, barrier = os.pipe()
    children = []
    for deed in deeds:
        child = os.fork()
        if child == 0:
            os.close(barrier)
            os.read(gate, 1)
            os._exit(deed())
        children.append(child)
    os.close(barrier)
    os.close(gate)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def _approve(app: Flask, wanted: dict[str, Any], staff_id: int) -> int:
    """Approve every case that nobody else has; return how many, or 255 when anything failed."""
    approved, now = 0, dt.datetime.fromisoformat(wanted["now"])
    try:
        with app.app_context():
            db.engine.dispose(close=False)
            actor = actor_of(db.session(), db.session.get_one(Staff, staff_id))
            for case_id in wanted["approve"]:
                try:
                    with transaction() as session:
                        case = cases.get_case(session, case_id, actor=actor)
                        decisions.approve(session, case, actor=actor, now=now)
                except IllegalMove:
                    continue
                approved += 1
    except BaseException:
        traceback.print_exc()
        return 255
    return approved


def _ask_codes(app: Flask, wanted: dict[str, Any], asked: list[tuple[str, str]]) -> int:
    """Ask for every code; return 0, or 255 when anything but a limit stood in the way."""
    rules, now = PeopleRules(**wanted["rules"]), dt.datetime.fromisoformat(wanted["now"])
    try:
        with app.app_context():
            db.engine.dispose(close=False)
            agency_id = db.session.scalars(sa.select(Agency.id)).first() or 0
            for mobile, address in asked:
                with suppress(Invalid), transaction() as session:
                    codes.send_code(
                        session, purpose=codes.Purpose.REGISTER, mobile=mobile, now=now,
                        agency_id=agency_id, rules=rules,
                        actor=Actor(None, "", frozenset(), address=address),
                    )  # fmt: skip
    except BaseException:
        traceback.print_exc()
        return 255
    return 0


def _log_in(app: Flask, wanted: dict[str, Any], asked: list[tuple[str, str]]) -> int:
    """Try a wrong password for every name; return how many were compared, or 255."""
    now, compared, pictures = dt.datetime.fromisoformat(wanted["now"]), 0, wanted["pictures"]
    try:
        with app.app_context():
            db.engine.dispose(close=False)
            for login, address in asked:
                with suppress(NotAllowed):
                    with transaction() as session:
                        tried = signin.begin(
                            session, login, now=now, address=address, picture_right=pictures
                        )
                    compared += 1
                    with transaction() as session:
                        signin.end(session, tried, right=False, now=now, address=address)
    except BaseException:
        traceback.print_exc()
        return 255
    return compared


def _try_code(app: Flask, wanted: dict[str, Any]) -> int:
    """Try the code ten times and use it where it was right; return how often it could be used."""
    now, used = dt.datetime.fromisoformat(wanted["now"]), 0
    bound = {
        "purpose": codes.Purpose.REGISTER, "mobile_index": sealing.index_of(wanted["mobile"]),
        "now": now,
    }  # fmt: skip
    try:
        with app.app_context():
            db.engine.dispose(close=False)
            for _ in range(10):
                with transaction() as session:
                    wrong = codes.check_code(session, wanted["tries"], wanted["code"], **bound)
                if wrong is None:
                    with suppress(Invalid), transaction() as session:
                        codes.use_code(session, wanted["tries"], wanted["code"], **bound)
                        used += 1
    except BaseException:
        traceback.print_exc()
        return 255
    return used


def _run(app: Flask, wanted: dict[str, Any]) -> int:
    app.config["ANJU_CRASH_AT"] = wanted["crash_at"]
    try:
        with app.app_context():
            db.engine.dispose(close=False)
            pay_all(now=dt.datetime.fromisoformat(wanted["now"]))
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _lead(app: Flask) -> int:
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with app.app_context():
            db.engine.dispose(close=False)
            with leader.lock("worker") as held:
                os.write(tell, b"1" if held else b"0")
                time.sleep(60)
        os._exit(0)
    assert os.read(ready, 1) == b"1"
    return child


if __name__ == "__main__":
    main()
