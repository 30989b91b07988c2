"""Memory of one web process: after the start, and after a thousand pages."""

import os
from collections.abc import Iterator

from flask import Flask

from app.domain.terms import Role
from benchmarks.hall import signed_in, staff_with
from benchmarks.machine import resident_megabytes
from benchmarks.pages import opened
from benchmarks.timing import Figure

PAGES = 300


def measure(app: Flask) -> Iterator[Figure]:
    """Measure this process before and after it has served pages."""
    yield Figure("memory of a web process, at the start", resident_megabytes(os.getpid()), "MB")
    with signed_in(app, staff_with(app, Role.FIRST_REVIEWER)) as reviewer:
        for _ in range(PAGES):
            opened(reviewer, "/desk/queue/")
    served = resident_megabytes(os.getpid())
    yield Figure(f"memory of a web process, after {PAGES} pages", served, "MB")
