"""One look at a page: what several of its parts ask is asked once.

Open only while a request reads; a request that writes, and the lanes, ask anew each time.
"""

import contextlib
import functools
from collections.abc import Callable
from contextvars import ContextVar

_answers: ContextVar[dict | None] = ContextVar("answers of this look", default=None)


@contextlib.contextmanager
def look():
    """Everything asked inside belongs to one look; a look within a look is the same one."""
    if _answers.get() is not None:
        yield
        return
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def once_a_look(question: Callable) -> Callable:
    """Answer the same question of one look from memory. Its arguments are hashable, its answer is not changed."""

    @functools.wraps(question)
    def asked(*about):
        answers = _answers.get()
        if answers is None:
            return question(*about)
        key = (question, *about)
        if key not in answers:
            answers[key] = question(*about)
        return answers[key]

    return asked
