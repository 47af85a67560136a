"""MLflow's database: SQLite or PostgreSQL, as its version 3 lays it out; what older ones lack is empty."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from runstone.core.entities import DatasetInput, DatasetRecord, InputTag, LoggedModel, LoggedModelStatus, Metric, Status
from runstone.core.errors import InvalidArgument, MissingExtra, NotFound, Unavailable
from runstone.transfer.layout import AliasRow, RegisteredModelRow, VersionRow
from runstone.transfer.mlflow.artifacts import Artifacts
from runstone.transfer.mlflow.records import ExperimentRecord, RunRecord, SeriesRecord, series_of

Row = tuple[Any, ...]
_MODEL_STATES: dict[int, LoggedModelStatus] = {1: "PENDING", 2: "READY", 3: "FAILED"}


class DatabaseSource:
    """MLflow's history in a database.

    Args:
        uri: ``sqlite:///path`` or ``postgresql://…``, as MLflow's ``--backend-store-uri`` is.
        artifacts: How its files are reached.

    Raises:
        NotFound: There is no such file.
        InvalidArgument: It is no database of MLflow's.
        Unavailable, MissingExtra.
    """

    def __init__(self, uri: str, artifacts: Artifacts) -> None:
        self.place = uri.rpartition("@")[2] if "@" in uri else uri
        self.artifacts = artifacts
        self.notes: list[str] = []
        self._is_postgres = not uri.startswith("sqlite:")
        self._connection: Any = _open_postgres(uri) if self._is_postgres else _open_sqlite(uri)
        self._tables = self._columns()
        if not {"experiments", "runs", "metrics", "params", "tags"} <= self._tables.keys():
            raise InvalidArgument(f"{self.place} is no database of MLflow's", field="source")
        traces = self._query("SELECT count(*) FROM trace_info")[0][0] if "trace_info" in self._tables else 0
        if traces:
            self.notes.append(f"{traces} traces were left out: Runstone keeps none")

    def experiments(self) -> Iterator[ExperimentRecord]:
        """Yield all experiments."""
        tags = self._grouped("experiment_tags", "experiment_id", "key", "value")
        for row in self._rows(
            "experiments", "experiment_id", "name", "lifecycle_stage", "creation_time", "artifact_location"
        ):
            yield ExperimentRecord(
                experiment_id=str(row[0]),
                name=row[1],
                lifecycle_stage=row[2] or "active",
                creation_time=row[3],
                artifact_location=row[4] or "",
                tags=tags[row[0]],
            )

    def runs(self, experiment_id: str) -> Iterator[RunRecord]:
        """Yield the runs of an experiment."""
        found = self._query(
            "SELECT run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri FROM runs "
            "WHERE experiment_id = ? ORDER BY start_time, run_uuid",
            (int(experiment_id),),
        )
        for row in found:
            run_id = row[0]
            tags = self._pairs("SELECT key, value FROM tags WHERE run_uuid = ? ORDER BY key", run_id)
            models = self._linked(run_id)
            yield RunRecord(
                run_id=run_id,
                experiment_id=experiment_id,
                name=row[1] or tags.get("mlflow.runName") or run_id[:8],
                user_id=row[2] or "",
                status=cast(Status, row[3] or "FINISHED"),
                start_time=row[4] or 0,
                end_time=row[5],
                lifecycle_stage=row[6] or "active",
                artifact_uri=row[7] or "",
                params=self._pairs("SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key", run_id),
                tags=tags,
                datasets=tuple(self._datasets(run_id)),
                model_inputs=tuple(model_id for role, model_id, _ in models if role == "RUN_INPUT"),
                model_outputs=tuple((model_id, step) for role, model_id, step in models if role == "RUN_OUTPUT"),
            )

    def series(self, run_id: str) -> Iterator[SeriesRecord]:
        """Yield the metrics of a run."""
        for (key,) in self._query("SELECT DISTINCT key FROM metrics WHERE run_uuid = ? ORDER BY key", (run_id,)):
            rows = self._query(
                "SELECT step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ? AND key = ? "
                "ORDER BY timestamp, step, value",
                (run_id, key),
            )
            yield series_of(key, [(row[0], row[1], float("nan") if row[3] else row[2]) for row in rows])

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Yield the logged models of an experiment."""
        if "logged_models" not in self._tables:
            return
        number = int(experiment_id)
        for row in self._query(
            "SELECT model_id, name, artifact_location, creation_timestamp_ms, status, lifecycle_stage, model_type, "
            "source_run_id FROM logged_models WHERE experiment_id = ? ORDER BY creation_timestamp_ms, model_id",
            (number,),
        ):
            of_model = "FROM {} WHERE model_id = ? ORDER BY 1"
            metrics = self._query(
                "SELECT metric_name, metric_value, metric_timestamp_ms, metric_step, run_id, dataset_name, "
                "dataset_digest " + of_model.format("logged_model_metrics"),
                (row[0],),
            )
            yield LoggedModel(
                model_id=row[0],
                experiment_id=experiment_id,
                name=row[1],
                artifact_location=row[2],
                creation_timestamp=row[3],
                last_updated_timestamp=row[3],
                status=_MODEL_STATES.get(row[4], "READY"),
                model_type=row[6] or None,
                source_run_id=row[7] or None,
                params=self._pairs("SELECT param_key, param_value " + of_model.format("logged_model_params"), row[0]),
                tags=self._pairs("SELECT tag_key, tag_value " + of_model.format("logged_model_tags"), row[0]),
                lifecycle_stage="deleted" if row[5] == "deleted" else "active",
                metrics=tuple(
                    Metric(m[0], m[1], m[2], m[3], model_id=row[0], run_id=m[4], dataset_name=m[5], dataset_digest=m[6])
                    for m in metrics
                ),
            )

    def registered_models(self) -> Iterator[RegisteredModelRow]:
        """Yield the registered models."""
        tags = self._grouped("registered_model_tags", "name", "key", "value")
        for row in self._rows("registered_models", "name", "description", "creation_time", "last_updated_time"):
            yield RegisteredModelRow(row[0], row[1] or "", row[2] or 0, row[3] or 0, tags[row[0]])

    def versions(self) -> Iterator[VersionRow]:
        """Yield the versions of registered models."""
        tags: defaultdict[tuple[str, int], dict[str, str]] = defaultdict(dict)
        for name, version, key, value in self._rows("model_version_tags", "name", "version", "key", "value"):
            tags[name, version][key] = value or ""
        for row in self._rows(
            "model_versions",
            *("name", "version", "source", "storage_location", "run_id", "run_link", "description", "user_id"),
            *("current_stage", "status", "creation_time", "last_updated_time"),
        ):
            if row[8] == "Deleted_Internal":
                continue
            yield VersionRow(
                name=row[0],
                version=row[1],
                source=row[2] or "",
                storage_location=row[3],
                run_id=row[4] or None,
                run_link=row[5] or "",
                model_id=None,
                description=row[6] or "",
                user_id=row[7] or "",
                stage=row[8] or "None",
                status=row[9] or "READY",
                creation_time_ms=row[10] or 0,
                last_update_time_ms=row[11] or 0,
                tags=tags[row[0], row[1]],
            )

    def aliases(self) -> Iterator[AliasRow]:
        """Yield the aliases of registered models."""
        for row in self._rows("registered_model_aliases", "name", "alias", "version"):
            yield AliasRow(*row)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _datasets(self, run_id: str) -> Iterator[DatasetInput]:
        if "inputs" not in self._tables:
            return
        for row in self._query(
            "SELECT i.input_uuid, d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, "
            "d.dataset_profile FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id "
            "WHERE i.destination_type = 'RUN' AND i.source_type = 'DATASET' AND i.destination_id = ? ORDER BY d.name",
            (run_id,),
        ):
            tags = self._pairs("SELECT name, value FROM input_tags WHERE input_uuid = ? ORDER BY name", row[0])
            yield DatasetInput(
                dataset=DatasetRecord(
                    name=row[1], digest=row[2], source_type=row[3], source=row[4], schema=row[5], profile=row[6]
                ),
                tags=tuple(InputTag(key, value) for key, value in tags.items()),
            )

    def _linked(self, run_id: str) -> list[Row]:
        if "inputs" not in self._tables:
            return []
        return self._query(
            "SELECT source_type, destination_id, step FROM inputs WHERE source_id = ? AND destination_type IN "
            "('MODEL_INPUT', 'MODEL_OUTPUT') ORDER BY destination_id",
            (run_id,),
        )

    def _columns(self) -> dict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        if self._is_postgres:
            listed = self._query(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            )
        else:
            listed = self._query(
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
            )
        for table, column in listed:
            found[table].add(column)
        return found

    def _rows(self, table: str, *columns: str) -> list[Row]:
        """Return the rows of a small table in the order of its first two columns; what it lacks is None."""
        if table not in self._tables:
            return []
        there = [column if column in self._tables[table] else "NULL" for column in columns]
        return self._query(f"SELECT {', '.join(there)} FROM {table} ORDER BY 1, 2")  # noqa: S608  # names from above

    def _grouped(self, table: str, owner: str, key: str, value: str) -> defaultdict[Any, dict[str, str]]:
        found: defaultdict[Any, dict[str, str]] = defaultdict(dict)
        for who, name, text in self._rows(table, owner, key, value):
            found[who][name] = text or ""
        return found

    def _pairs(self, sql: str, owner: str) -> dict[str, str]:
        return {key: value or "" for key, value in self._query(sql, (owner,))}

    def _query(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(sql.replace("?", "%s") if self._is_postgres else sql, params)
            rows: list[Row] = cursor.fetchall()
        return rows


def _open_sqlite(uri: str) -> sqlite3.Connection:
    path = Path(uri.removeprefix("sqlite:").replace("///", "", 1) or ".")
    if not path.is_file():
        raise NotFound(f"there is no database {path}")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.Error as error:
        connection.close()
        raise InvalidArgument(f"{path} is no database: {error}", field="source") from error
    return connection


def _open_postgres(uri: str) -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise MissingExtra("Reading PostgreSQL", "postgres") from error
    plain = "postgresql://" + uri.partition("://")[2]
    try:
        connection = psycopg.connect(plain, connect_timeout=10, autocommit=False)
        connection.read_only = True
    except psycopg.Error as error:
        raise Unavailable(f"{plain.rpartition('@')[2]} cannot be reached: {error}") from error
    return connection
