"""`manage.py run_site`: the whole site on one machine, with one command, until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from mediation import broker

STOPS_WITHIN_S = 10.0


class Command(BaseCommand):
    """Prepare what is missing, then run web, workers and scheduler; stop them all together."""

    help = "Run the whole site: web, workers, scheduler and, unless REDIS_URL is set, a broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--no-demo", action="store_true", help="do not load demo people and cases")

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _interrupt)
        pid = self._start_broker()
        programs: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self._prepare(demo=settings.USE_DEMO and not options["no_demo"])
            port = free_port(options["host"], options["port"])
            programs = self._start_programs(options["host"], port)
            self._greet(f"http://{options['host']}:{port}/")
            self._watch(programs)
        except KeyboardInterrupt:
            self.stdout.write("\n正在停止 Stopping …")
        finally:
            stop_programs(programs)
            broker.stop(pid)
            self.stdout.write("已停止 Stopped.")

    def _start_broker(self) -> int:
        if not settings.EMBEDDED_BROKER:
            return 0
        self.stdout.write("· 消息队列 Starting Valkey …")
        return broker.start(Path(settings.REDIS_URL.removeprefix("unix://")), settings.VAR_DIR / "valkey")

    def _prepare(self, *, demo: bool) -> None:
        self.stdout.write("· 数据库 Bringing the database up to date …")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("compile_locale", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        if demo:
            call_command("load_demo", stdout=self.stdout)

    def _start_programs(self, host: str, port: int) -> dict[str, subprocess.Popen[bytes]]:
        python, logs = sys.executable, settings.VAR_DIR / "log"
        logs.mkdir(exist_ok=True)
        worker = [
            python,
            "-m",
            "celery",
            "-A",
            "mediation",
            "worker",
            "--loglevel",
            "INFO",
            "--without-mingle",
        ]
        commands = {
            "web": [python, "-m", "uvicorn", "mediation.asgi:application", "--host", host, "--port", str(port),
                    "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "5"],
            "worker": [*worker, "-P", "threads", "-c", "4", "-B", "-Q", "celery", "-n", "light@%h"],
            "heavy": [*worker, "-P", "threads", "-c", "1", "-Q", "heavy", "-n", "heavy@%h"],
        }  # fmt: skip
        started = {}
        for name, command in commands.items():
            with (logs / f"{name}.log").open("ab") as log:
                started[name] = subprocess.Popen(  # noqa: S603 — our own programs
                    command,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=settings.BASE_DIR,
                    start_new_session=True,
                )
        until = time.monotonic() + 60
        while time.monotonic() < until and started["web"].poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((host, port)) == 0:
                    break
            time.sleep(0.1)
        return started

    def _greet(self, address: str) -> None:
        self.stdout.write(self.style.SUCCESS(f"\n  打开 Open  {address}\n"))
        self.stdout.write(f"  日志 Logs  {settings.VAR_DIR / 'log'}    停止 Stop  Ctrl-C\n")
        self.stdout.flush()

    def _watch(self, programs: dict[str, subprocess.Popen[bytes]]) -> None:
        """Wait; start a worker again that died. Without the web there is nothing to wait for."""
        while True:
            time.sleep(0.5)
            for name, program in programs.items():
                if program.poll() is None:
                    continue
                if name == "web":
                    self.stderr.write(f"The web program stopped; see {settings.VAR_DIR / 'log' / 'web.log'}")
                    return
                self.stderr.write(f"{name} stopped with {program.returncode}; starting it again.")
                time.sleep(1)
                with (settings.VAR_DIR / "log" / f"{name}.log").open("ab") as log:
                    programs[name] = subprocess.Popen(  # noqa: S603
                        program.args, stdout=log, stderr=subprocess.STDOUT, cwd=settings.BASE_DIR,
                        start_new_session=True,
                    )  # fmt: skip


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nobody uses."""
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) != 0:
                return port
    return wanted


def stop_programs(programs: dict[str, subprocess.Popen[bytes]]) -> None:
    """End every program, kindly first."""
    for program in programs.values():
        if program.poll() is None:
            program.send_signal(signal.SIGTERM)
    until = time.monotonic() + STOPS_WITHIN_S
    for program in programs.values():
        try:
            program.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
