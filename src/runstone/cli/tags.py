"""``key=value`` arguments."""

from __future__ import annotations

from collections.abc import Iterable

from runstone.core.errors import InvalidArgument


def parse_tags(pairs: Iterable[str]) -> dict[str, str]:
    """Return tags given as ``key=value``; a value may hold more ``=``.

    Raises:
        InvalidArgument: One has no ``=`` or no key.
    """
    tags = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InvalidArgument(f"a tag is given as key=value, not {pair!r}", field="tags")
        tags[key] = value
    return tags
