"""One supervisor over all processes: what dies is started again, the rest is left alone."""

import contextlib
import http.client
import os
import shlex
import socket
import subprocess
import sys
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path

from .place import Place
from .postgres import TETHER, Broken


@dataclass(frozen=True)
class Program:
    name: str
    command: list[str]
    waits: bool = False  # started by hand, once the database is ready
    stop_signal: str = "TERM"
    priority: int = 100  # low starts first and stops last
    stop_seconds: int = 15

    def section(self, logs: Path) -> str:
        lines = {
            "command": shlex.join(self.command),
            "autostart": str(not self.waits).lower(),
            "autorestart": "true",
            "startsecs": 1,
            "startretries": 1000000,
            "stopsignal": self.stop_signal,
            "stopwaitsecs": self.stop_seconds,
            "stopasgroup": str(self.stop_signal == "TERM" and self.name != "postgres").lower(),
            "killasgroup": "true",
            "priority": self.priority,
            "redirect_stderr": "true",
            "stdout_logfile": str(logs / f"{self.name}.log").replace("%", "%%"),  # of this one alone, twice
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": 3,
        }
        return "\n".join([f"[program:{self.name}]", *(f"{key}={value}" for key, value in lines.items())])


class _Transport(xmlrpc.client.Transport):
    """XML-RPC over the supervisor's Unix socket."""

    def __init__(self, path: Path):
        super().__init__()
        self.path = path

    def make_connection(self, host):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(60)
        connection.sock.connect(str(self.path))
        return connection


class Supervisor:
    def __init__(self, place: Place, programs: list[Program], environment: dict[str, str]):
        self.place, self.programs, self.environment = place, programs, environment
        self.file = place.var / "supervisord.conf"
        self.process: subprocess.Popen | None = None

    def configuration(self) -> str:
        place = self.place
        head = [
            "[supervisord]",
            "nodaemon=true",
            f"logfile={place.logs / 'supervisor.log'}",
            f"pidfile={place.var / 'supervisord.pid'}",
            f"childlogdir={place.logs}",
            *(["user=root"] if os.geteuid() == 0 else []),
            "[unix_http_server]",
            f"file={place.supervisor_socket}",
            "chmod=0700",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
            "[supervisorctl]",
            f"serverurl=unix://{place.supervisor_socket}",
        ]
        lines = "\n".join([*head, *(program.section(place.logs) for program in self.programs)]) + "\n"
        return lines.replace("%", "%%")  # supervisord reads % as an interpolation

    def start(self) -> None:
        self.file.write_text(self.configuration())
        self.place.supervisor_socket.unlink(missing_ok=True)
        command = [*TETHER, sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self.file)]
        # A session of its own: Ctrl-C is ours to pass on, in order, not everyone's at once.
        self.process = subprocess.Popen(
            command, env=os.environ | self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        until = time.monotonic() + 15
        while True:
            try:
                self.call("getState")
                return
            except (OSError, http.client.HTTPException):
                if self.process.poll() is not None or time.monotonic() > until:
                    raise Broken(f"The supervisor did not start; see {self.place.logs / 'supervisor.log'}.") from None
                time.sleep(0.05)

    def call(self, method: str, *arguments):
        proxy = xmlrpc.client.ServerProxy("http://localhost", transport=_Transport(self.place.supervisor_socket))
        return getattr(proxy.supervisor, method)(*arguments)

    def start_programs(self) -> None:
        for program in self.programs:
            if program.waits:
                self.call("startProcess", program.name, False)

    def stop(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(OSError, http.client.HTTPException, xmlrpc.client.Error):
            self.call("shutdown")
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
