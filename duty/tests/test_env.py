"""Settings are read by name, and a wrong one is told with what to do. No database here."""

import pytest

from duty.env import Env


def read(reader, **values):
    env = Env(values)
    return reader(env), env.problems


def test_a_database_address_is_taken_apart():
    options, problems = read(
        lambda e: e.database("DATABASE_URL", ""), DATABASE_URL="postgres://u:p%40ss@db:6432/duty?sslmode=require"
    )
    assert not problems
    assert (options["USER"], options["PASSWORD"], options["HOST"], options["PORT"], options["NAME"]) == (
        "u",
        "p@ss",
        "db",
        "6432",
        "duty",
    )
    assert options["OPTIONS"] == {"sslmode": "require"}


def test_a_socket_folder_is_a_host():
    options, _ = read(lambda e: e.database("DATABASE_URL", ""), DATABASE_URL="postgres://zhiban@/zhiban?host=/run/pg")
    assert options["HOST"] == "/run/pg"


def test_a_mail_server_is_taken_apart():
    options, problems = read(lambda e: e.mail("EMAIL_URL", ""), EMAIL_URL="smtp+tls://me:secret@mail.example.cn")
    assert not problems
    assert (options["EMAIL_PORT"], options["EMAIL_USE_TLS"], options["EMAIL_USE_SSL"]) == (587, True, False)


@pytest.mark.parametrize(
    ("reader", "name", "value"),
    [
        (lambda e: e.number("PORT", 8000, 1, 65535), "PORT", "eighty"),
        (lambda e: e.number("PORT", 8000, 1, 65535), "PORT", "70000"),
        (lambda e: e.database("DATABASE_URL", ""), "DATABASE_URL", "mysql://root:geheim@db/x"),
        (lambda e: e.database("DATABASE_URL", ""), "DATABASE_URL", "postgres://db:port/x"),
        (lambda e: e.redis("REDIS_URL", ""), "REDIS_URL", "http://redis"),
        (lambda e: e.mail("EMAIL_URL", ""), "EMAIL_URL", "mail.example.cn"),
        (lambda e: e.zone("TIME_ZONE", "Asia/Shanghai"), "TIME_ZONE", "Beijing"),
        (lambda e: e.choice("ENVIRONMENT", "development", ("development", "production")), "ENVIRONMENT", "prod"),
        (lambda e: e.switch("DEBUG", False), "DEBUG", "maybe"),
        (lambda e: e.web_address("PUBLIC_URL", ""), "PUBLIC_URL", "duty.example.cn"),
    ],
)
def test_a_wrong_setting_is_told_by_name_with_what_to_do(reader, name, value):
    _, problems = read(reader, **{name: value})
    assert [problem.name for problem in problems] == [name]
    assert problems[0].why
    assert problems[0].hint
    assert "geheim" not in str(problems[0])


def test_an_empty_setting_is_no_setting():
    value, problems = read(lambda e: e.number("PORT", 8000, 1, 65535), PORT="  ")
    assert (value, problems) == (8000, [])
