"""The whole product as people get it: `python -m duty.run up` on a folder of its own, a real mail server, real browsers."""

import contextlib
import email
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from email import policy
from pathlib import Path

import psycopg2
import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import sync_playwright

from duty.env import ROOT
from duty.run.place import Place
from duty.sample import PASSWORD
from incidents.tests.conftest import line, make_incident, nature, post, standard, watch  # noqa: F401 - fixtures

CHROMIUM = "import('@sparticuz/chromium').then(c => c.default.executablePath()).then(p => console.log(p))"


class Mailbox:
    """A real SMTP server that keeps what it is given."""

    def __init__(self):
        self.messages: list[email.message.EmailMessage] = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        message["X-To"] = ",".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 kept"

    def wait_for(self, to: str, words: str, seconds: float = 20):
        """The newest message to this address with these words in its subject."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for message in reversed(self.messages):
                if message["X-To"] == to and words in message["Subject"]:
                    return message
            time.sleep(0.1)
        raise AssertionError(f"no mail to {to} about {words}; got {[(m['X-To'], m['Subject']) for m in self.messages]}")


def link_in(message) -> str:
    return re.search(r"http://\S+", message.get_body(("plain",)).get_content())[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Product:
    """The running product with its sample organisation."""

    def __init__(self, folder: str, port: int, mailbox: Mailbox):
        self.place, self.base, self.mailbox = Place(folder), f"http://localhost:{port}", mailbox

    def sql(self, query: str, *values):
        """Rows of a query; commits."""
        database = psycopg2.connect(host=str(self.place.sockets), user="zhiban", dbname="zhiban")
        with contextlib.closing(database), database, database.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall() if cursor.description else []

    def on_watch(self, role: str) -> tuple[str, str, str]:
        """(staff number, name, mail) of who holds this seat at head office now."""
        return self.sql(
            "SELECT p.staff_number, p.name, p.mail FROM scheduling_seat s JOIN duty_person p ON p.id = s.person_id "
            "JOIN scheduling_shift h ON h.matter_id = s.shift_id JOIN duty_unit u ON u.id = h.unit_id "
            "WHERE u.parent_id IS NULL AND s.role = %s AND duty_now() >= s.starts_at AND duty_now() < s.ends_at",
            role,
        )[0]

    def person(self, name: str) -> tuple[str, str, str]:
        return self.sql("SELECT staff_number, name, mail FROM duty_person WHERE name = %s", name)[0]


@pytest.fixture(scope="session")
def product():
    port, mail_port, mailbox = free_port(), free_port(), Mailbox()
    folder = tempfile.mkdtemp(prefix="zhiban-browser-")
    server = Controller(mailbox, hostname="127.0.0.1", port=mail_port)
    server.start()
    clean = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    }
    environment = clean | {
        "VAR_DIR": folder, "PORT": str(port), "PUBLIC_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    running = subprocess.Popen(
        [sys.executable, "-m", "duty.run", "up"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    said = []
    for text in running.stdout:
        said.append(text)
        if text.startswith("Ready"):
            break
    else:
        raise AssertionError("the product did not start:\n" + "".join(said))
    yield Product(folder, port, mailbox)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    server.stop()
    subprocess.run(["rm", "-rf", folder])


@pytest.fixture(scope="session")
def chromium():
    path = subprocess.run(["node", "-e", CHROMIUM], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium, product):
    """`open_browser(staff_number, width=390, theme="dark", language="en")` → a page, signed in; console errors fail the test."""
    contexts, errors = [], []

    def start(staff_number="", width=1440, theme="light", language="zh-hans", touch=False):
        context = chromium.new_context(
            viewport={"width": width, "height": 900 if width > 800 else 844},
            locale="zh-CN" if language == "zh-hans" else "en-GB",
            timezone_id="Europe/London",  # not the organisation's: times come from the server
            color_scheme=theme,
            has_touch=touch,
        )
        context.add_cookies([{"name": "language", "value": language, "url": product.base}])
        contexts.append(context)
        page = context.new_page()
        page.axe_runs = False

        def heard(said):
            # axe tries inline styles of its own; that the policy refuses them is as it should be.
            of_axe = page.axe_runs and "inline style" in said.text
            cut = "ERR_INTERNET_DISCONNECTED" in said.text  # as the test wanted it
            if said.type == "error" and "status of 4" not in said.text and not of_axe and not cut:
                errors.append(said.text)

        page.on("console", heard)
        page.on("framenavigated", lambda frame: setattr(page, "axe_runs", False))
        page.on("pageerror", lambda error: errors.append(str(error)))
        if staff_number:
            product.sql("UPDATE duty_person SET language = %s WHERE staff_number = %s", language, staff_number)
            page.goto(product.base + "/login/")
            page.fill("#id_username", staff_number)
            page.fill("#id_password", PASSWORD)
            page.click("button.primary")
            page.wait_for_url(product.base + "/")
        return page

    yield start
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture(scope="session")
def axe() -> str:
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text()


def violations(page, axe: str) -> list[str]:
    """What axe finds against WCAG 2.2 AA, as `rule: where`."""
    page.axe_runs = True
    page.evaluate(axe)  # not as a script tag: the product's policy forbids inline scripts
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary'].splitlines()[-1].strip()}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


SHOTS = Path(os.environ["SCREENSHOTS"]) if os.environ.get("SCREENSHOTS") else None


def shot(page, name: str) -> None:
    """A picture to look at, where SCREENSHOTS names a folder."""
    if SHOTS:
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
