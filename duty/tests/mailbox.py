"""A real mail server on a port of its own, that can be told to misbehave."""

import email
import socket
from email import policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps what it is given. `refuse` says what an address is answered, `before` is called with each message."""

    def __init__(self):
        self.messages: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.before = lambda message: None
        self.controller, self.port = None, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        if self.before(message) == "hang up":
            server.transport.close()
            return "451 gone"
        self.messages.append(message)
        return "250 kept"

    def open(self) -> int:
        """Its port; the same one when it is opened again."""
        if not self.port:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self.port

    def close(self) -> None:
        if self.controller is not None:
            self.controller.stop()
        self.controller = None

    def to(self, person) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == person.mail]
