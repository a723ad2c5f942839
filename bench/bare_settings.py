"""The product's settings with nothing between the server and the bare view but the stopwatch."""

from duty.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare"
MIDDLEWARE = ["duty.timing.Timing"]
