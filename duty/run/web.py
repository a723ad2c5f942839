"""gunicorn's settings."""

import os
import sys

from duty.env import Env
from duty.run.place import Place

_env = Env.here()
_place = Place(_env.text("VAR_DIR") or None)

wsgi_app = "duty.wsgi:application"
bind = f"{_env.text('BIND', '127.0.0.1')}:{_env.number('PORT', 8000, 1, 65535)}"
workers = _env.number("WEB_WORKERS", 2, 1, 64)
threads = _env.number("WEB_THREADS", 4, 1, 64)
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 30
max_requests = 20000
max_requests_jitter = 2000
control_socket = str(_place.gunicorn_socket)
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
errorlog = "-"
forwarded_allow_ips = "*" if _env.number("TRUSTED_PROXIES", 0, 0, 9) else "127.0.0.1"


def post_fork(server, worker):
    """A worker ends with its master, even one killed with -9, so that the port is free for the next."""
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
