class NotSent(Exception):
    """Certainly not sent; it is tried again."""


class Refused(Exception):
    """Certainly not sent, and trying again would not help."""
