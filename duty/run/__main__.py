"""python -m duty.run up | servers -- command … | mailbox port folder"""

import subprocess
import sys
from pathlib import Path


def servers(command: list[str]) -> int:
    """Embedded servers around one command, in a fresh folder that is forgotten afterwards."""
    import os
    import tempfile

    from duty.run.place import Place
    from duty.run.servers import Servers

    around = Servers(Place(tempfile.mkdtemp(prefix="zhiban-")), durable=True).start()
    try:
        return subprocess.run(command, env=os.environ | around.environment()).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        around.stop(forget=True)


def main(arguments: list[str]) -> int:
    match arguments:
        case ["up"]:
            from duty.run.up import up

            return up()
        case ["servers", "--", *command] if command:
            return servers(command)
        case ["mailbox", port, folder]:
            from duty.run.mailbox import serve

            serve(int(port), Path(folder))
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
