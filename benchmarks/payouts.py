"""Payouts a second: the real job against the bank simulator in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app import current
from app.gateways.bank.process import SimulatorProcess
from app.jobs.payouts import run_payouts
from benchmarks.timing import Figure, rate


def measure(app: Flask, home: Path) -> Iterator[Figure]:
    """Pay everything that is approved, then ask for what the bank has taken."""
    with SimulatorProcess(home / "bank.db") as simulator, app.app_context():
        bank = simulator.client()

        def pay() -> int:
            counts = run_payouts(bank, now=current.now())
            return int(getattr(counts, "sent", 0) or getattr(counts, "claimed", 0))

        yield rate("payouts sent to the bank", pay)
