"""The watch now: who keeps it, and its line from start to end with every promise a mark."""


def strip(person, at):
    return {}
