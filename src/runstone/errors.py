"""``runstone.core.errors`` under the name that programs catch errors by."""

from runstone.core.errors import *  # noqa: F403
