"""Ways out of the house. A channel has a name, an address per person, `open()`, and `send(line, parcel)`.

What `open` and `send` raise says what is known: `NotSent` is certain and tried
again, `Refused` is certain and final; anything else leaves the delivery unknown.
"""

from dataclasses import dataclass

from .mail import Mail


@dataclass(frozen=True)
class Parcel:
    """A delivery with what a channel needs to carry it."""

    id: int
    attempt: int
    notice_id: int
    key: str
    name: str
    address: str
    tongue: str
    title: str
    text: str
    link: str
    urgent: bool


CHANNELS = {channel.name: channel for channel in (Mail(),)}
