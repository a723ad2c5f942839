"""What the settings name is looked at before anything starts. Real sockets; the database of the test run."""

import contextlib
import errno
import fcntl
import socket
import threading
from types import SimpleNamespace

import pytest

from duty.env import Problem, postgres_options, smtp_options
from duty.run.looking import look_around
from duty.run.place import Place
from duty.run.postgres import Broken
from duty.run.up import Up


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def look(tmp_path):
    """`look(REDIS_URL="redis://…")` → what is wrong and what is amiss with these settings and good other ones."""

    def around(problems=(), **given):
        settings = SimpleNamespace(
            ENV_PROBLEMS=list(problems), BIND="127.0.0.1", PORT=free_port(), PLACE=Place(tmp_path),
            DATABASE_IS_LOCAL="DATABASE_URL" not in given, REDIS_IS_LOCAL="REDIS_URL" not in given,
            MAIL_IS_LOCAL="EMAIL_URL" not in given,
        )  # fmt: skip
        if "DATABASE_URL" in given:
            settings.DATABASES = {"default": postgres_options(given.pop("DATABASE_URL"))}
        if "EMAIL_URL" in given:
            vars(settings).update(smtp_options(given.pop("EMAIL_URL")))
        vars(settings).update(given)
        return look_around(settings)

    return around


@contextlib.contextmanager
def answering(words: bytes):
    """A server that says only this."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    asked, _ = server.accept()
                    asked.recv(1000)
                    asked.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_good_settings_are_passed(look):
    assert look() == ([], [])


def test_the_database_of_these_settings_is_reached(look, django_db_setup, django_db_blocker):
    from django.conf import settings

    entry = settings.DATABASES["default"]
    seen = look(DATABASE_URL=f"postgres://{entry['USER']}@/{entry['NAME']}?host={entry['HOST']}")
    assert seen == ([], [])


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgres://duty:geheim@127.0.0.1:1/duty", "refused"),
        ("postgres://duty:geheim@nowhere.invalid/duty", "nowhere.invalid"),
        ("postgres://duty:geheim@127.0.0.1:1/duty?speed=high", "speed"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(look, address, words):
    [problem], amiss = look(DATABASE_URL=address)
    assert not amiss
    assert problem.name == "DATABASE_URL"
    assert words in str(problem)
    assert "geheim" not in str(problem)


def test_redis_and_mail_that_are_away_are_told_and_stop_nothing(look):
    wrong, amiss = look(REDIS_URL="redis://:geheim@127.0.0.1:1/0", EMAIL_URL="smtp://127.0.0.1:1")
    assert not wrong
    assert [problem.name for problem in amiss] == ["REDIS_URL", "EMAIL_URL"]
    assert "geheim" not in str(amiss)


@pytest.mark.parametrize(
    ("code", "words"), [("NOAUTH", "Authentication required"), ("ERR", "DB index is out of range")]
)
def test_a_redis_that_does_not_let_us_in_is_a_wrong_setting(look, code, words):
    with answering(f"-{code} {words}\r\n".encode()) as port:
        [problem], _ = look(REDIS_URL=f"redis://127.0.0.1:{port}/99")
    assert problem.name == "REDIS_URL"
    assert words in str(problem)


def test_a_taken_port_is_blamed_on_the_port_and_a_foreign_address_on_the_address(look):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        [problem], _ = look(PORT=taken.getsockname()[1])
        assert (problem.name, "make run" in problem.hint) == ("PORT", True)
        [problem], _ = look(PORT=taken.getsockname()[1], BIND="0.0.0.0")
        assert problem.name == "PORT"
    [problem], _ = look(BIND="192.0.2.1")
    assert problem.name == "BIND"


def test_a_taken_port_of_the_mailbox_is_told(look, tmp_path):
    with socket.create_server(("127.0.0.1", Place(tmp_path).mail_port)):
        [problem], _ = look()
    assert problem.name == "EMAIL_URL"


def test_all_is_told_at_once_and_what_cannot_be_read_is_not_looked_at(look):
    read = [Problem("TIME_ZONE", "Peking", "no.", "Correct it."), Problem("DATABASE_URL", "x", "no.", "Correct it.")]
    wrong, amiss = look(
        read, DATABASE_URL="postgres://127.0.0.1:1/x", REDIS_URL="redis://127.0.0.1:1", BIND="192.0.2.1"
    )
    assert [problem.name for problem in wrong] == ["TIME_ZONE", "DATABASE_URL", "BIND"]
    assert [problem.name for problem in amiss] == ["REDIS_URL"]


@pytest.fixture
def up(tmp_path):
    up = Up()
    up.place = Place(tmp_path / "var")
    return up


def test_a_folder_that_cannot_be_used_is_told(up, monkeypatch):
    (up.place.var.parent / "var").touch()
    [problem] = up._take_place()
    assert (problem.name, str(up.place.var)) == ("VAR_DIR", problem.value)


def test_a_path_too_long_for_a_socket_is_told(up, tmp_path, monkeypatch):
    up.place.sockets = tmp_path / ("x" * 100)
    [problem] = up._take_place()
    assert "TMPDIR" in str(problem)
    assert problem.name == "VAR_DIR"


def test_a_second_copy_on_the_same_folder_is_told(up):
    up.place.prepare()
    with open(up.place.var / "run.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Broken, match="It runs already"):
            up._take_place()


def test_a_lock_nobody_may_write_is_no_second_copy(up, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied", "run.lock")

    monkeypatch.setattr("builtins.open", refuse)
    [problem] = up._take_place()
    assert "Permission denied" in str(problem)
