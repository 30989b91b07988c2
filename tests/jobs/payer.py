"""A process that pays on command and may be killed: loads the hall once, forks for every run.

``python -m tests.jobs.payer HOME DATABASE BANK`` reads JSON lines ``{"now", "crash_at"}`` and
answers with how the run ended: its exit code, or the negative number of the signal.
"""

import datetime as dt
import json
import os
import sys
import traceback
from pathlib import Path

from flask import Flask

from app.extensions import db
from app.jobs.paying import pay_all
from tests.databases import build_app


def main(home: str, database: str, bank: str) -> None:
    """Answer every line of the standard input."""
    app = build_app(Path(home), database, ANJU_BANK_URL=bank)
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(_run(app, wanted))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _run(app: Flask, wanted: dict[str, str]) -> int:
    app.config["ANJU_CRASH_AT"] = wanted["crash_at"]
    try:
        with app.app_context():
            db.engine.dispose(close=False)
            pay_all(now=dt.datetime.fromisoformat(wanted["now"]))
    except BaseException:  # noqa: BLE001 - the forked child must not go on as its parent
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    main(*sys.argv[1:])
