"""A mail server for one machine: keeps every message as a file under `var/mail`. Stands in until EMAIL_URL is set."""

import email
import re
import signal
import threading
import time
from email import policy
from pathlib import Path

from aiosmtpd.controller import Controller


class Keep:
    """Writes each message to a file of its own, newest last by name."""

    def __init__(self, folder: Path):
        self.folder = folder

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        to = re.sub(r"[^\w.@-]", "_", ",".join(envelope.rcpt_tos))[:60]
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.perf_counter_ns() % 10**6:06d}-{to}.eml"
        # Written aside first: whoever watches the folder never sees half a message.
        aside = self.folder / f".{name}"
        aside.write_bytes(message.as_bytes())
        aside.rename(self.folder / name)
        return "250 kept"


def serve(port: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    controller = Controller(Keep(folder), hostname="127.0.0.1", port=port)
    controller.start()
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()
    controller.stop()
