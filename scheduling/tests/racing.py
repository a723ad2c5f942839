"""Several people at once: real threads, each with a connection of its own to the real database."""

import threading

from django.db import connection
from django.test import Client


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person, backend="duty.access.Backend")
    return client


def at_the_same_time(*deeds) -> list:
    """Each deed in a thread, started together; what they return or raise, in order."""
    answers, start = [None] * len(deeds), threading.Barrier(len(deeds))

    def run(place, deed):
        try:
            start.wait(10)
            answers[place] = deed()
        except Exception as why:
            answers[place] = why
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=entry) for entry in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers
