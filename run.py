"""Serve the hall with one command: prepare the database, then bank, worker and web together."""

import ctypes
import multiprocessing
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess
from typing import Any, NoReturn

import click
from flask import Flask
from flask.cli import ScriptInfo
from gunicorn.app.base import BaseApplication

from app import create_app
from app.extensions import db
from config import tls_files

WEB = {
    "worker_class": "gthread",
    "workers": 2,
    "threads": 4,
    "timeout": 60,
    "graceful_timeout": 5,
    "loglevel": "warning",
    "logger_class": "app.logs.WebServerLog",
    "control_socket_disable": True,
}
PATIENCE = 10
"""Seconds that the parts have to end by themselves."""

END_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux."""

PAST_CASES = 800
"""Ended cases of a demonstration: a hall that has been open for a year."""

BANK_PORT = 8090
FORK = multiprocessing.get_context("fork")


class WebServer(BaseApplication):
    """gunicorn around an application that is already put together."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self.hall, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        """Take the options instead of the command line."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self.hall


class Stopped(Exception):
    """Somebody wants the hall to end."""


def main() -> int:
    """Serve until somebody ends it; return the code of the exit."""
    app = create_app()
    host, port = app.config["HOST"], app.config["PORT"]
    if not is_free(host, port):
        click.echo(
            f"Port {port} of {host} is taken by another program. "
            f"End it, or choose another: PORT={port + 1} make run",
            err=True,
        )
        return 1
    embedded = not app.config["ANJU_PRODUCTION"]
    try:
        command(app, "init")
        if embedded:
            command(app, "demo-people", "--past", str(PAST_CASES))
    except click.ClickException as refused:
        refused.show()
        return 1
    certificate, key = tls_files()
    tls = {"certfile": certificate, "keyfile": key}
    parts = {"web": lambda: WebServer(app, bind=f"{host}:{port}", **tls, **WEB).run()}
    if embedded:
        bank_port = BANK_PORT if is_free("127.0.0.1", BANK_PORT) else free_port()
        app.config["ANJU_BANK_URL"] = f"http://127.0.0.1:{bank_port}"
        parts["bank simulator"] = lambda: command(
            app, "bank-simulator", "--port", str(bank_port)
        )
    parts["worker"] = lambda: command(app, "worker")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return keep(parts, f"http{'s' if certificate else ''}://{host}:{port}", host, port)


def command(app: Flask, *words: str) -> None:
    """Run ``flask anju …`` in this process."""
    script = ScriptInfo(create_app=lambda: app)
    app.cli.main(args=["anju", *words], prog_name="flask", obj=script, standalone_mode=False)


def keep(parts: dict[str, Callable[[], None]], shown: str, host: str, port: int) -> int:
    """Start the parts, say where the hall is, and end all of them when one ends."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    running = [FORK.Process(target=part, args=(run,), name=name) for name, run in parts.items()]
    code = 0
    try:
        for process in running:
            process.start()
        announce(shown, host, port, running)
        while all(process.is_alive() for process in running):
            time.sleep(0.2)
        ended = next(process.name for process in running if not process.is_alive())
        click.echo(f"The {ended} has ended; the rest is ended with it.", err=True)
        code = 1
    except Stopped:
        click.echo("\nEnding …")
    end(running)
    return code


def part(run: Callable[[], None]) -> NoReturn:
    """Be one of the parts, in a group of its own: it ends with the parent.

    Ctrl-C reaches the parent alone; gunicorn's threads lock up when told twice to end.
    """
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(END_WITH_PARENT, signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    run()
    sys.exit(0)


def announce(shown: str, host: str, port: int, running: list[ForkProcess]) -> None:
    """Say the address as soon as it answers."""
    while is_free(host, port) and all(process.is_alive() for process in running):
        time.sleep(0.05)
    if running[0].is_alive():
        click.echo(f"\n安居 Anju is open: {shown}   (Ctrl-C ends it)")


def end(running: list[ForkProcess]) -> None:
    """Ask every part to end, and end those that do not."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for process in running:
        process.terminate()
    limit = time.monotonic() + PATIENCE
    for process in running:
        process.join(max(0.0, limit - time.monotonic()))
        if process.is_alive():
            assert process.pid is not None, "it was started"
            os.killpg(process.pid, signal.SIGKILL)
            process.join()


def stop(_number: int, _frame: Any) -> NoReturn:
    """Leave the waiting."""
    raise Stopped


def is_free(host: str, port: int) -> bool:
    """Tell whether nobody listens on a port."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Return a port that the kernel says is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


if __name__ == "__main__":
    sys.exit(main())
