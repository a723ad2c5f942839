"""Text as people can see it."""

import re

# Zero-width and bidirectional controls, soft hyphens, line separators: they make blank names, and turn the writing round.
INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")


def visible(text: str) -> str:
    """The same without the characters nobody can see."""
    return INVISIBLE.sub("", text)
