"""`manage.py run_site`: the whole site on one machine, with one command, until Ctrl-C."""

import os
import signal
import socket
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from evidence.tlog.policies import PolicyRefused
from mediation.conf.env import text
from mediation.demo import witness
from mediation.running import broker
from mediation.running.programs import AlreadyRuns, Programs, alone
from mediation.running.statics import collect_if_changed

ANSWERS_WITHIN_S = 60.0
PAUSE_BEFORE_MENDING_S = 1.0
PORTS = 50  # that are tried one after the other
WORKER = ["celery", "-A", "mediation", "worker", "--loglevel", "INFO", "--without-mingle", "-P", "threads"]


class Command(BaseCommand):
    """Prepare what is missing, then run web, workers, scheduler, log and witness; stop them all together."""

    help = "Run the whole site: web, workers, scheduler, log, captions, a demo witness, a broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(text("PORT", "8000")))
        parser.add_argument("--no-demo", action="store_true", help="do not load demo people and cases")

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup it stays
            signal.signal(signal.SIGHUP, _interrupt)
        try:
            with alone(settings.VAR_DIR) as lock:
                self._run(options["host"], options["port"], lock, demo=not options["no_demo"])
        except AlreadyRuns as other:
            raise CommandError(f"网站已在运行 The site runs already: {other}") from other

    def _run(self, host: str, wanted: int, lock: Any, *, demo: bool) -> None:
        programs, pid = Programs(folder=settings.VAR_DIR, cwd=settings.BASE_DIR), 0
        try:
            pid = self._start_broker()
            self._prepare()
            if demo := settings.USE_DEMO and demo:
                witness.make_policy()
            self._start_witness(programs)
            if demo:
                call_command("load_demo", stdout=self.stdout)
            address = self._start_programs(programs, host, wanted)
            lock.write(f"{address} (process {os.getpid()})\n")
            lock.flush()
            self._greet(address)
            self._watch(programs)
        except KeyboardInterrupt:
            self.stdout.write("\n正在停止 Stopping …")
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # stopping takes seconds; let it finish
            programs.stop()
            broker.stop(pid)
            self.stdout.write("已停止 Stopped.")

    def _start_broker(self) -> int:
        if not settings.EMBEDDED_BROKER:
            if not broker.answers(settings.REDIS_URL):
                raise CommandError("No Valkey or Redis answers at REDIS_URL. Start it, or unset REDIS_URL.")
            return 0
        self.stdout.write("· 消息队列 Starting Valkey …")
        try:
            return broker.start(Path(settings.REDIS_URL.removeprefix("unix://")), settings.VAR_DIR / "valkey")
        except (broker.BrokerMissing, TimeoutError) as error:
            raise CommandError(str(error)) from error

    def _prepare(self) -> None:
        self.stdout.write("· 数据库 Bringing the database up to date …")
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {error}") from error
        call_command("migrate", verbosity=0, interactive=False)
        call_command("compile_locale", verbosity=0)
        collect_if_changed()

    def _start_witness(self, programs: Programs) -> None:
        """Start the demo witness where the policy asks for it; other witnesses run elsewhere."""
        try:
            if not witness.is_wanted():
                return
        except PolicyRefused as error:
            raise CommandError(f"{settings.EVIDENCE_POLICY} is no policy: {error}") from error
        self.stdout.write("· 见证人 Starting the demo witness …")
        witness.tell_address(
            _start_listening(programs, "witness", "127.0.0.1", witness.PORT, witness.arguments)
        )

    def _start_programs(self, programs: Programs, host: str, wanted: int) -> str:
        """Start them all, the web last; return its address once it listens. Raises CommandError."""
        programs.start("worker", [*WORKER, "-c", "4", "-Q", "celery", "-n", "light@%h"])
        programs.start("heavy", [*WORKER, "-c", "1", "-Q", "heavy", "-n", "heavy@%h"])
        programs.start("clock", ["celery", "-A", "mediation", "beat", "--loglevel", "INFO", "--pidfile="])
        programs.start("log", ["django", "run_log"])
        programs.start("captions", ["django", "run_captions"])
        port = _start_listening(programs, "web", host, wanted, lambda port: [
            "uvicorn", "mediation.asgi:application", "--host", host, "--port", str(port),
            "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "5",
        ])  # fmt: skip
        return f"http://{host}:{port}/"

    def _greet(self, address: str) -> None:
        self.stdout.write(self.style.SUCCESS(f"\n  打开 Open  {address}\n"))
        self.stdout.write(f"  日志 Logs  {settings.VAR_DIR / 'log'}    停止 Stop  Ctrl-C\n")
        self.stdout.flush()

    def _watch(self, programs: Programs) -> None:
        """Wait, and start again what stops, until somebody interrupts."""
        while True:
            time.sleep(PAUSE_BEFORE_MENDING_S)
            for name in programs.mend():
                self.stderr.write(f"{name} stopped and was started again; see {programs.log_of(name)}")


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start_listening(
    programs: Programs, name: str, host: str, wanted: int, arguments: Callable[[int], list[str]]
) -> int:
    """Start a program on the wanted port, or on the next one that nobody uses; return the port once it listens.

    It is taken at its own word: somebody else may take a free port in the meantime. Raises CommandError.
    """
    for port in range(wanted, wanted + PORTS):
        if is_open(host, port):
            continue
        programs.start(name, arguments(port))
        until = time.monotonic() + ANSWERS_WITHIN_S
        while programs.lives(name) and time.monotonic() < until:
            if f":{port}" in programs.told(name):
                return port
            time.sleep(0.1)
        if programs.lives(name) or not is_open(host, port):
            break
    raise CommandError(f"The {name} program did not start; see {programs.log_of(name)}")


def is_open(host: str, port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0
