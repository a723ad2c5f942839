"""The product's settings with the known-bad variants installed."""

from duty.settings import *  # noqa: F403
from duty.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.faults.bad.apps.Bad"]
