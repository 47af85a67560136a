"""Tables that were logged: which a run has, and those of many runs read back as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from runstone.core.errors import MissingExtra, NotFound
from runstone.core.limits import MAX_RUN_TAG_VALUE_LENGTH
from runstone.core.page import iter_pages
from runstone.tracking.drain import STORE_TROUBLE
from runstone.tracking.media.table import decode_table
from runstone.tracking.results import to_pandas

if TYPE_CHECKING:
    import pandas

    from runstone.tracking.client import Client
    from runstone.tracking.run_writer import RunWriter
    from runstone.tracking.session import Session

TABLES_TAG = "mlflow.loggedArtifacts"


def note_table(session: Session, writer: RunWriter, path: str) -> None:
    """Add a table to those that the run's tag lists, which is how MLflow's interface knows of them."""
    try:
        text = session.store.get_run(writer.run_id).tags.get(TABLES_TAG, "[]")
        listed = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (*STORE_TROUBLE, NotFound, msgspec.MsgspecError):
        return  # the table itself is kept; and somebody else's text is not ours to overwrite
    table = {"path": path, "type": "table"}
    if table in listed:
        return
    text = msgspec.json.encode([*listed, table]).decode()
    if len(text) <= MAX_RUN_TAG_VALUE_LENGTH:
        writer.set_tags({TABLES_TAG: text})


def load_tables(
    client: Client,
    experiment_id: str,
    artifact_file: str,
    run_ids: Sequence[str] | None,
    extra_columns: Sequence[str],
) -> pandas.DataFrame:
    """Return the tables at a path of some runs, one below the other.

    Args:
        run_ids: The runs; all of the experiment if None.
        extra_columns: Facts of the run to add as columns, named as in ``search_runs``.

    Raises:
        NotFound: No run has a table there, or there is no such fact.
        MissingExtra: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("load_table", "data") from error
    if run_ids is None:
        runs = list(iter_pages(lambda token: client.search_runs([experiment_id], page_token=token)))
    else:
        runs = [client.get_run(run_id) for run_id in run_ids]
    frames = []
    for run in runs:
        try:
            data = client.read_artifact(run.info.run_id, artifact_file)
        except NotFound:
            continue
        frame = decode_table(data, artifact_file)
        facts: dict[Any, Any] = to_pandas([run]).iloc[0].to_dict()
        for column in extra_columns:
            if column not in facts:
                raise NotFound(f"run {run.info.run_id} has no {column!r}")
            frame[column] = facts[column]
        frames.append(frame)
    if not frames:
        raise NotFound(f"no table {artifact_file!r} in the runs of experiment {experiment_id}")
    return pd.concat(frames, ignore_index=True)
