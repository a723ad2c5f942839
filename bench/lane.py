"""One fire lane and nothing else: python -m bench.lane."""

import django

if __name__ == "__main__":
    django.setup()
    from duty.lanes import FireLane

    FireLane("bench").run()
