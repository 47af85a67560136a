"""The store and its blobs as the one who sent a request may use them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from runstone.blobs.protocol import BlobStore
from runstone.core.errors import PermissionDenied
from runstone.server.access.audit import is_audited, operation_record
from runstone.server.access.gate import Gate
from runstone.server.access.names import Names
from runstone.server.access.principal import current
from runstone.server.access.rules import RULES
from runstone.server.backend import Backend
from runstone.store.operations import BY_NAME, shapes_of
from runstone.store.protocol import Store

_READING = frozenset(("open", "get_bytes", "size", "exists", "verify"))
_WRITING = frozenset(("put_bytes", "put_stream", "renew"))


_OF_RIGHTS = frozenset(("update_user", "delete_user", "delete_token"))
"""Operations after which somebody may do less than before."""


def guarded(backend: Backend, rights_changed: Callable[[], None]) -> Backend:
    """Return a backend that does for each request only what its sender may do.

    Args:
        rights_changed: Called when somebody's rights have changed.
    """
    return Backend(
        cast(Store, GuardedStore(backend.store, rights_changed)),
        cast(BlobStore, GuardedBlobs(backend.blobs)),
        backend.sender,
    )


class GuardedStore:
    """A store each of whose operations asks its rule first, and leaves a line in the audit log.

    Args:
        store: The store itself.
        rights_changed: Called when somebody's rights have changed.
    """

    def __init__(self, store: Store, rights_changed: Callable[[], None]) -> None:
        self._store = store
        self._rights_changed = rights_changed
        self._names = Names(store)

    @property
    def uri(self) -> str:
        """Where the store is, without secrets."""
        return self._store.uri

    def __getattr__(self, name: str) -> Any:
        return partial(self._do, name)

    def _do(self, name: str, /, *args: object, **kwargs: object) -> Any:
        principal = current()
        rule = RULES.get(name)
        if rule is None:
            raise PermissionDenied(f"{name} is not done through a server")
        given = dict(shapes_of(BY_NAME[name]).signature.bind(*args, **kwargs).arguments)
        gate = Gate(principal, self._names, self._store)
        rule.before(gate, given)
        result = getattr(self._store, name)(**given)
        if rule.after is not None:
            result = rule.after(gate, result)
        if name in _OF_RIGHTS:
            self._rights_changed()
        if is_audited(name):
            self._store.add_audit(operation_record(principal, name, given, result))
        return result


class GuardedBlobs:
    """Bytes, for whoever holds a role: a digest is the key to what it names, and is told to who may see it.

    Args:
        blobs: The blob store itself.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs

    def __getattr__(self, name: str) -> Any:
        if name not in _READING and name not in _WRITING:
            raise AttributeError(name)
        return partial(self._do, name)

    def _do(self, name: str, *args: object) -> Any:
        principal = current()
        role = "viewer" if name in _READING else "editor"
        if not principal.may_somewhere(role):  # type: ignore[arg-type]  # one of two roles
            raise PermissionDenied(f"{principal.name} may not do this: it needs the role {role} somewhere")
        return getattr(self._blobs, name)(*args)
