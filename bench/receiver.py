"""A mail server that accepts everything and writes down each message's id, a line per message: python -m bench.receiver port file."""

import re
import signal
import sys
import threading
from pathlib import Path

from aiosmtpd.controller import Controller

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.I | re.M)


class WriteDown:
    def __init__(self, file: Path):
        self.out = file.open("ab", buffering=0)

    async def handle_DATA(self, server, session, envelope):
        found = MESSAGE_ID.search(envelope.original_content)
        self.out.write((found[1] if found else b"?") + b"\n")
        return "250 kept"


def main(port: str, file: str) -> None:
    ended = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: ended.set())
    controller = Controller(WriteDown(Path(file)), hostname="127.0.0.1", port=int(port))
    controller.start()
    ended.wait()
    controller.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
