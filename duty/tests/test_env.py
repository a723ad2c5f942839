"""Settings are read by name, and a wrong one is told with what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from duty import env as duty_env
from duty.env import ROOT, Env


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
        (lambda e: e.web_address("PUBLIC_URL", ""), "PUBLIC_URL", "http://[bad"),
        (lambda e: e.web_address("PUBLIC_URL", ""), "PUBLIC_URL", "https://duty.example.cn:https"),
        (lambda e: e.web_address("PUBLIC_URL", ""), "PUBLIC_URL", "https://duty.example.cn/duty"),
        (lambda e: e.web_address("PUBLIC_URL", ""), "PUBLIC_URL", "https://值班.cn"),
        (lambda e: e.database("DATABASE_URL", ""), "DATABASE_URL", "postgres://u:geheim@[::1/x"),
        (lambda e: e.database("DATABASE_URL", ""), "DATABASE_URL", "postgres://u:gehe/im@db/x"),
        (lambda e: e.database("DATABASE_URL", ""), "DATABASE_URL", "u:geheim@db/x"),
        (lambda e: e.redis("REDIS_URL", ""), "REDIS_URL", "redis://:geheim@[::1"),
        (lambda e: e.redis("REDIS_URL", ""), "REDIS_URL", "redis://:geheim@redis:port/0"),
        (lambda e: e.redis("REDIS_URL", ""), "REDIS_URL", "redis://redis/first"),
        (lambda e: e.redis("REDIS_URL", ""), "REDIS_URL", "redis:///0"),
        (lambda e: e.mail("EMAIL_URL", ""), "EMAIL_URL", "smtp://u:geheim@[mail"),
        (lambda e: e.bind("BIND", ""), "BIND", "999.1.1.1"),
        (lambda e: e.bind("BIND", ""), "BIND", "127.0.0.1:8000"),
        (lambda e: e.hosts("ALLOWED_HOSTS", []), "ALLOWED_HOSTS", "duty.example.cn,https://duty.example.cn"),
        (lambda e: e.sender("MAIL_FROM", ""), "MAIL_FROM", "garbage"),
        (lambda e: e.sender("MAIL_FROM", ""), "MAIL_FROM", "Duty, night <duty@example.cn>"),
        (lambda e: e.sender("MAIL_FROM", ""), "MAIL_FROM", "值班 <duty@example.cn"),
        (lambda e: e.folder("VAR_DIR", ROOT), "VAR_DIR", "/proc/x"),
        (lambda e: e.folder("VAR_DIR", ROOT), "VAR_DIR", __file__ + "/var"),
        (lambda e: e.folder("VAR_DIR", ROOT), "VAR_DIR", "/tmp/" + "x" * 300),
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


@pytest.mark.parametrize(
    ("given", "read_as"),
    [
        ("https://duty.example.cn/", "https://duty.example.cn"),
        ("https://Duty.Example.CN:443", "https://duty.example.cn"),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_a_web_address_is_kept_as_browsers_write_it(given, read_as):
    assert read(lambda e: e.web_address("PUBLIC_URL", ""), PUBLIC_URL=given) == (read_as, [])


@pytest.mark.parametrize("given", ["值班 <duty@example.cn>", "duty@localhost", '"Duty, night" <duty@example.cn>'])
def test_a_sender_is_a_name_and_an_address(given):
    assert read(lambda e: e.sender("MAIL_FROM", ""), MAIL_FROM=given) == (given, [])


def test_an_address_to_listen_at_may_be_written_in_brackets_or_as_a_name():
    assert read(lambda e: e.bind("BIND", ""), BIND="[::]") == ("::", [])
    assert read(lambda e: e.bind("BIND", ""), BIND="localhost")[0] in ("127.0.0.1", "::1")


def test_redis_is_an_address_or_a_socket():
    for given in ("redis://redis", "rediss://u:p@redis:6380/2", "unix:///run/redis.sock?db=1"):
        assert read(lambda e: e.redis("REDIS_URL", ""), REDIS_URL=given) == (given, [])


def test_a_settings_file_in_another_encoding_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(duty_env, "ROOT", tmp_path)
    (tmp_path / ".env").write_bytes("ORGANISATION=集团".encode("gbk"))
    [problem] = Env.here().problems
    assert "UTF-8" in str(problem)


def test_a_settings_file_from_windows_keeps_its_first_line(tmp_path, monkeypatch):
    monkeypatch.setattr(duty_env, "ROOT", tmp_path)
    (tmp_path / ".env").write_bytes("ORGANISATION_OF_TEST=集团\r\n".encode("utf-8-sig"))
    assert Env.here().given("ORGANISATION_OF_TEST") == "集团"


def settings_with(tmp_path: Path, ask: str, **given: str) -> str:
    """What the settings say about themselves, read as the launcher reads them: without Django."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return subprocess.run(
        [sys.executable, "-c", f"from duty import settings; print({ask})"],
        cwd=ROOT, env=environment | {"VAR_DIR": str(tmp_path)} | given, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip


def test_every_wrong_setting_is_told_at_once(tmp_path):
    wrong = {
        "ENVIRONMENT": "prod", "PORT": "eighty", "BIND": "999.1.1.1", "WEB_WORKERS": "0", "WEB_THREADS": "many",
        "PUBLIC_URL": "http://[bad", "ALLOWED_HOSTS": "https://x", "TRUSTED_PROXIES": "10", "SSL_REDIRECT": "maybe",
        "DATABASE_URL": "postgres://u:p@[::1/x", "REDIS_URL": "redis://[", "EMAIL_URL": "smtp://[", "MAIL_FROM": "garbage",
        "TIME_ZONE": "Peking", "LANGUAGE_CODE": "cn", "LOG_LEVEL": "LOUD", "PASSWORD_LENGTH": "1", "LOGIN_ATTEMPTS": "0",
        "LOCKOUT_MINUTES": "0", "SESSION_IDLE_MINUTES": "0", "SESSION_HOURS": "0", "LATE_ENTRY_MINUTES": "x",
        "VAR_DIR": "/proc/x", "DEBUG": "?", "TIMING": "?",
    }  # fmt: skip
    told = settings_with(tmp_path, "*[p.name for p in settings.ENV_PROBLEMS]", **wrong)
    assert sorted(told.split()) == sorted(wrong)


def test_the_example_names_every_setting():
    """So that whoever sets one finds it; those for developers alone are left out."""
    source = (ROOT / "duty/settings.py").read_text()
    read_there = set(re.findall(r'env\.[a-z_]+\(\s*"([A-Z_]+)"', source))
    example = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read_there - {"TIMING", "DEBUG"} == example


def test_the_name_in_links_and_this_machine_s_own_are_always_served(tmp_path):
    ask = "*settings.ALLOWED_HOSTS"
    given = {"ENVIRONMENT": "production", "SECRET_KEY": "x" * 50, "PUBLIC_URL": "https://duty.example.cn:8443"}
    assert settings_with(tmp_path, ask, **given).split() == ["duty.example.cn", "localhost", "127.0.0.1", "[::1]"]
    given["ALLOWED_HOSTS"] = "zhiban.example.cn"
    assert settings_with(tmp_path, ask, **given).split()[:2] == ["zhiban.example.cn", "duty.example.cn"]


def test_production_without_its_secret_or_any_name_is_refused(tmp_path):
    told = settings_with(tmp_path, "*settings.ENV_PROBLEMS, sep='\\n'", ENVIRONMENT="production", SECRET_KEY="")
    assert "SECRET_KEY is not set. Set it" in told
    assert "ALLOWED_HOSTS is empty. List" in told


def test_monitors_are_answered_without_being_sent_to_https(client, settings, db):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health/").status_code == 200
    assert client.get("/login/").status_code == 301
