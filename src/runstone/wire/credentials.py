"""What a client shows to a server: who it is.

Looked for in this order: the address itself (``https://name:password@host``), the environment (``RUNSTONE_TOKEN``, or
``RUNSTONE_USERNAME`` and ``RUNSTONE_PASSWORD``, or what MLflow's clients call them), and what ``runstone login`` keeps
in the user's configuration folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import urllib3

from runstone.core.errors import InvalidArgument, StoreCorrupt
from runstone.wire.connection import PREFIX, Connection, error_in, plain_address

_Kept = dict[str, str]


def headers_for(uri: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the headers that say who this is to the server at an address; none for nobody.

    Raises:
        InvalidArgument: A token holds what no header can carry.
    """
    source = os.environ if environment is None else environment
    auth = urllib3.util.parse_url(uri).auth
    if auth:
        return dict(urllib3.make_headers(basic_auth=auth))
    token = source.get("RUNSTONE_TOKEN") or source.get("MLFLOW_TRACKING_TOKEN")
    if token:
        return _bearer(token)
    name = source.get("RUNSTONE_USERNAME") or source.get("MLFLOW_TRACKING_USERNAME")
    password = source.get("RUNSTONE_PASSWORD") or source.get("MLFLOW_TRACKING_PASSWORD")
    if name and password:
        return dict(urllib3.make_headers(basic_auth=f"{name}:{password}"))
    kept = _read(_file(source)).get(plain_address(uri))
    return _bearer(kept) if kept else {}


def whoami(uri: str, token: str) -> str:
    """Return the name of the user whose token this is.

    Raises:
        Unauthenticated: It is nobody's.
        Unavailable: The server cannot be reached.
    """
    connection = Connection(uri, _bearer(token))
    try:
        answer = connection.request("GET", f"{PREFIX}/me", headers={"Accept": "application/json"}, repeat=True)
        if answer.status >= 400:
            raise error_in(answer)
        name: str = msgspec.json.decode(answer.data)["name"]
        return name
    finally:
        connection.close()


def remember(uri: str, token: str, environment: Mapping[str, str] | None = None) -> Path:
    """Keep a token for a server in a file that only this user reads, and return the file."""
    path = _file(os.environ if environment is None else environment)
    kept = {**_read(path), plain_address(uri): token}
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(kept)))
    written.replace(path)
    return path


def _bearer(token: str) -> dict[str, str]:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise InvalidArgument("a token holds no spaces, and no other characters than ASCII's", field="token")
    return {"Authorization": f"Bearer {token}"}


def _file(environment: Mapping[str, str]) -> Path:
    folder = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(folder) / "runstone" / "credentials.json"


def _read(path: Path) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return {}
    except msgspec.MsgspecError as error:
        raise StoreCorrupt(f"{path} cannot be read; remove it and run `runstone login` again: {error}") from error
