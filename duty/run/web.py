"""gunicorn's settings."""

import gc
import os
import sys

from duty import settings

wsgi_app = "duty.wsgi:application"
bind = f"[{settings.BIND}]:{settings.PORT}" if ":" in settings.BIND else f"{settings.BIND}:{settings.PORT}"
workers = settings.WEB_WORKERS
threads = settings.WEB_THREADS
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 30
max_requests = 20000
max_requests_jitter = 2000
control_socket = str(settings.PLACE.gunicorn_socket)
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
errorlog = "-"
forwarded_allow_ips = "*" if settings.TRUSTED_PROXIES else "127.0.0.1"


def when_ready(server):
    """What is loaded by now lives as long as the process: no collection need walk through it again."""
    gc.collect()
    gc.freeze()


def post_fork(server, worker):
    """A worker ends with its master, even one killed with -9, so that the port is free for the next."""
    gc.set_threshold(20_000, 20, 20)  # a page makes a few thousand objects: 700 had each of them walked through anew
    if sys.platform == "linux":
        import ctypes
        import signal

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
