"""The clock of the hall: one leader, a few jobs, each at most once at a time."""

import datetime as dt
import signal
import threading
from collections.abc import Callable
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from app import outside
from app.domain.workdays import SHANGHAI
from app.jobs import leader, runs
from app.jobs.data_exports import make_exports
from app.jobs.deadlines import run_deadlines
from app.jobs.dossiers import make_dossiers
from app.jobs.housekeeping import run_housekeeping
from app.jobs.identities import run_identities
from app.jobs.interest import settle_due
from app.jobs.money_days import close_all
from app.jobs.notices import send_due
from app.jobs.paying import pay_all
from app.jobs.payouts import RUNS_EVERY
from app.jobs.standing_orders import run_standing_orders

NOTICES_EVERY = 5
DEADLINES_EVERY = 3600
ORDERS_EVERY = 600
IDENTITIES_EVERY = 600
INTEREST_EVERY = 3600
EXPORTS_EVERY = 15
AUDIT_EVERY = 1200
"""A day of audit and money is closed so soon after midnight, and whenever a worker begins."""

HOUSEKEEPING_AT = 3
LOOK_AGAIN = 0.5
"""Seconds until a worker that waits looks whether the leader has gone."""


class Worker:
    """Waits to lead, then keeps the clock until it is told to end."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.ending = threading.Event()
        self.scheduler: BlockingScheduler | None = None

    def run(self) -> None:
        """Lead when nobody else does; return when ``stop`` was called."""
        with self.app.app_context():
            while not self.ending.is_set():
                with leader.lock("worker") as leads:
                    if leads:
                        self._lead()
                if not self.ending.is_set():
                    self.ending.wait(LOOK_AGAIN)

    def stop(self, *_signal: Any) -> None:
        """End after the step at hand."""
        self.ending.set()
        if self.scheduler is not None and self.scheduler.running:
            self.scheduler.shutdown(wait=False)

    def obey_signals(self) -> None:
        """End in order on Ctrl-C and on SIGTERM."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)

    def _lead(self) -> None:
        pool = ThreadPoolExecutor(4)
        self.scheduler = BlockingScheduler(
            timezone=SHANGHAI,
            executors={"default": pool},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        self._every("payouts", self._pay, RUNS_EVERY)
        self._every("notices", self._tell, NOTICES_EVERY)
        self._every("data_exports", lambda now: make_exports(now=now), EXPORTS_EVERY)
        self._every("dossiers", lambda now: make_dossiers(now=now), EXPORTS_EVERY)
        self._every("identities", self._ask, IDENTITIES_EVERY)
        self._every("standing_orders", self._stand, ORDERS_EVERY)
        self._every("interest", self._settle, INTEREST_EVERY)
        self._every("deadlines", lambda now: run_deadlines(now=now), DEADLINES_EVERY)
        self._every("audit", lambda now: close_all(now=now), AUDIT_EVERY)
        self.scheduler.add_job(
            self._job("housekeeping", lambda now: run_housekeeping(now=now)),
            "cron", hour=HOUSEKEEPING_AT,
        )  # fmt: skip
        if not self.ending.is_set():
            self.scheduler.start()
        pool.shutdown(wait=True)

    def _every(self, name: str, work: Callable[[dt.datetime], Any], seconds: int) -> None:
        assert self.scheduler is not None
        self.scheduler.add_job(
            self._job(name, work), "interval", seconds=seconds,
            next_run_time=dt.datetime.now(SHANGHAI),
        )  # fmt: skip

    def _job(self, name: str, work: Callable[[dt.datetime], Any]) -> Callable[[], bool]:
        def job() -> bool:
            return self.ending.is_set() or runs.run(self.app, name, work)

        job.__name__ = name
        return job

    def _pay(self, now: dt.datetime) -> Any:
        return pay_all(now=now, stopping=self.ending.is_set)

    def _stand(self, now: dt.datetime) -> None:
        run_standing_orders(now=now, stopping=self.ending.is_set)

    def _settle(self, now: dt.datetime) -> Any:
        return settle_due(now=now, stopping=self.ending.is_set)

    @staticmethod
    def _ask(now: dt.datetime) -> Any:
        return run_identities(outside.identity_check(), now=now)

    @staticmethod
    def _tell(now: dt.datetime) -> Any:
        return send_due(outside.sms(), now=now, wechat=outside.wechat_lines())
