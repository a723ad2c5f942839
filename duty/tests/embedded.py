"""A pytest plugin: embedded PostgreSQL and Redis around the test run, before Django reads its settings."""

import os
import tempfile

from duty.run.place import Place
from duty.run.servers import Servers

IN_WORKER = "PYTEST_XDIST_WORKER" in os.environ
servers = None

if not IN_WORKER and "DATABASE_URL" not in os.environ:
    servers = Servers(Place(tempfile.mkdtemp(prefix="zhiban-test-"))).start()
    os.environ.update(servers.environment())

# Said here and not in the settings: tests must not depend on a developer's .env.
os.environ.update(ENVIRONMENT="development", TIME_ZONE="Asia/Shanghai", LANGUAGE_CODE="zh-hans", ORGANISATION="")
for name in ("EMAIL_URL", "PUBLIC_URL", "TRUSTED_PROXIES", "SSL_REDIRECT"):
    os.environ[name] = ""


def pytest_unconfigure(config):
    if servers is not None:
        servers.stop(forget=True)
