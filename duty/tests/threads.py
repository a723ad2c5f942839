"""Races are run, not imagined: real threads, each with a line of its own to the real database."""

import threading
from collections.abc import Callable

from django.db import connection, connections


def together(*jobs: Callable, seconds: float = 30) -> list:
    """Run these at the same moment; returns what each answered, or the exception it raised, in their order."""
    start, answers = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int, job: Callable) -> None:
        try:
            connection.ensure_connection()
            start.wait(seconds)
            answers[place] = job()
        except Exception as fault:
            answers[place] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    assert not any(thread.is_alive() for thread in threads), "a job hangs"
    return answers


def beside(job: Callable) -> threading.Thread:
    """Run this beside the test; join it."""

    def run() -> None:
        try:
            job()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
