"""One page of a listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Page(list[T], Generic[T]):
    """A list of results that knows how to ask for the next ones.

    Attributes:
        token: Opaque cursor of the next page, or None at the end (``next_page_token`` on the wire).
    """

    def __init__(self, items: list[T] | tuple[T, ...] = (), token: str | None = None) -> None:
        super().__init__(items)
        self.token = token


def iter_pages(fetch: Callable[[str | None], Page[T]]) -> Iterator[T]:
    """Walk all pages of ``fetch(page_token)`` and yield their items."""
    token: str | None = None
    while True:
        page = fetch(token)
        yield from page
        token = page.token
        if token is None:
            return
