"""MLflow's file store: a folder of YAML files, one file a param, tag and metric."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from runstone.core.entities import DatasetInput, DatasetRecord, InputTag, LoggedModel, LoggedModelStatus, Metric, Status
from runstone.core.errors import InvalidArgument, MissingExtra, NotFound
from runstone.transfer.layout import AliasRow, RegisteredModelRow, VersionRow
from runstone.transfer.mlflow.artifacts import Artifacts
from runstone.transfer.mlflow.records import ExperimentRecord, RunRecord, SeriesRecord, series_of

_META = "meta.yaml"
_STATUSES: dict[int, Status] = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_MODEL_STATES: dict[int, LoggedModelStatus] = {1: "PENDING", 2: "READY", 3: "FAILED"}
_NOT_EXPERIMENTS = ("models", ".trash")
_NOT_RUNS = ("datasets", "models", "tags", "traces")


class FileSource:
    """MLflow's history in a folder.

    Args:
        folder: The folder, usually called ``mlruns``.
        artifacts: How its files are reached.

    Raises:
        NotFound: There is no such folder.
        MissingExtra: PyYAML is not installed.
    """

    def __init__(self, folder: Path, artifacts: Artifacts) -> None:
        if not folder.is_dir():
            raise NotFound(f"there is no folder {folder}")
        try:
            import yaml
        except ImportError as error:
            raise MissingExtra("Reading MLflow's file store", "mlflow") from error
        self._yaml = yaml
        self._folder = folder
        self.place = str(folder)
        self.artifacts = artifacts
        self.notes: list[str] = []
        self._folders: dict[str, Path] = {}
        self._runs: dict[str, Path] = {}

    def experiments(self) -> Iterator[ExperimentRecord]:
        """Yield all experiments, those in the trash too."""
        for folder in (*_folders(self._folder), *_folders(self._folder / ".trash")):
            if folder.name in _NOT_EXPERIMENTS or not (folder / _META).is_file():
                continue
            meta = self._read(folder / _META)
            if meta is None:
                continue
            experiment_id = str(meta.get("experiment_id", folder.name))
            self._folders[experiment_id] = folder
            yield ExperimentRecord(
                experiment_id=experiment_id,
                name=str(meta.get("name", folder.name)),
                lifecycle_stage="deleted" if folder.parent.name == ".trash" else "active",
                creation_time=_whole(meta.get("creation_time")),
                artifact_location=str(meta.get("artifact_location") or ""),
                tags=self._texts(folder / "tags"),
            )

    def runs(self, experiment_id: str) -> Iterator[RunRecord]:
        """Yield the runs of an experiment."""
        top = self._folders[experiment_id]
        for folder in _folders(top):
            if folder.name in _NOT_RUNS or not (folder / _META).is_file():
                continue
            meta = self._read(folder / _META)
            if meta is None:
                continue
            run_id = str(meta.get("run_id") or meta.get("run_uuid") or folder.name)
            self._runs[run_id] = folder
            tags = self._texts(folder / "tags")
            yield RunRecord(
                run_id=run_id,
                experiment_id=experiment_id,
                name=str(meta.get("run_name") or meta.get("name") or tags.get("mlflow.runName") or run_id[:8]),
                user_id=str(meta.get("user_id") or ""),
                status=_STATUSES.get(meta.get("status", 3), "FINISHED"),
                start_time=_whole(meta.get("start_time")) or 0,
                end_time=_whole(meta.get("end_time")),
                lifecycle_stage="deleted" if meta.get("lifecycle_stage") == "deleted" else "active",
                # A folder that was moved still says where it was.
                artifact_uri=(folder / "artifacts").as_uri()
                if (folder / "artifacts").is_dir()
                else str(meta.get("artifact_uri") or ""),
                params=self._texts(folder / "params"),
                tags=tags,
                datasets=tuple(self._datasets(top, folder)),
                model_inputs=tuple(str(one["destination_id"]) for one in self._links(folder, "MODEL_INPUT")),
                model_outputs=tuple(
                    (str(one["destination_id"]), _whole(one.get("step")) or 0)
                    for one in self._links(folder, "MODEL_OUTPUT")
                ),
            )

    def series(self, run_id: str) -> Iterator[SeriesRecord]:
        """Yield the metrics of a run."""
        root = self._runs[run_id] / "metrics"
        for file in _files(root):
            rows = []
            for line in file.read_text("utf-8", "replace").splitlines():
                parts = line.split(" ")
                try:
                    rows.append((int(parts[2]) if len(parts) > 2 else 0, int(parts[0]), float(parts[1])))
                except (ValueError, IndexError):
                    self.notes.append(f"a line of {file} was left out: {line[:100]!r}")
            yield series_of(file.relative_to(root).as_posix(), rows)

    def logged_models(self, experiment_id: str) -> Iterator[LoggedModel]:
        """Yield the logged models of an experiment."""
        for folder in _folders(self._folders[experiment_id] / "models"):
            meta = self._read(folder / _META)
            if meta is None:
                continue
            model_id = str(meta.get("model_id", folder.name))
            yield LoggedModel(
                model_id=model_id,
                experiment_id=experiment_id,
                name=str(meta.get("name") or model_id),
                artifact_location=(folder / "artifacts").as_uri(),
                creation_timestamp=_whole(meta.get("creation_timestamp")) or 0,
                model_type=meta.get("model_type") or None,
                source_run_id=meta.get("source_run_id") or None,
                status=_MODEL_STATES.get(meta.get("status", 2), "READY"),
                lifecycle_stage="deleted" if meta.get("lifecycle_stage") == "deleted" else "active",
                params=self._texts(folder / "params"),
                tags=self._texts(folder / "tags"),
                metrics=tuple(self._model_metrics(folder, model_id)),
            )

    def registered_models(self) -> Iterator[RegisteredModelRow]:
        """Yield the registered models."""
        for folder, meta in self._registered():
            yield RegisteredModelRow(
                str(meta.get("name", folder.name)),
                str(meta.get("description") or ""),
                _whole(meta.get("creation_timestamp")) or 0,
                _whole(meta.get("last_updated_timestamp")) or 0,
                self._texts(folder / "tags"),
            )

    def versions(self) -> Iterator[VersionRow]:
        """Yield the versions of registered models."""
        for folder, meta in self._registered():
            name = str(meta.get("name", folder.name))
            found = []
            for below in _folders(folder):
                facts = self._read(below / _META) if below.name.startswith("version-") else None
                if facts is not None and facts.get("current_stage") != "Deleted_Internal":
                    found.append((int(facts.get("version", 0)), below, facts))
            for number, below, facts in sorted(found, key=lambda one: one[0]):
                yield VersionRow(
                    name=name,
                    version=number,
                    source=str(facts.get("source") or ""),
                    storage_location=facts.get("storage_location") or None,
                    run_id=facts.get("run_id") or None,
                    run_link=str(facts.get("run_link") or ""),
                    model_id=facts.get("model_id") or None,
                    description=str(facts.get("description") or ""),
                    user_id=str(facts.get("user_id") or ""),
                    stage=str(facts.get("current_stage") or "None"),
                    status=str(facts.get("status") or "READY"),
                    creation_time_ms=_whole(facts.get("creation_timestamp")) or 0,
                    last_update_time_ms=_whole(facts.get("last_updated_timestamp")) or 0,
                    tags=self._texts(below / "tags"),
                )

    def aliases(self) -> Iterator[AliasRow]:
        """Yield the aliases of registered models."""
        for folder, meta in self._registered():
            for alias, version in self._texts(folder / "aliases").items():
                yield AliasRow(str(meta.get("name", folder.name)), alias, int(version))

    def close(self) -> None:
        """Nothing is held."""

    def _registered(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        for folder in _folders(self._folder / "models"):
            meta = self._read(folder / _META)
            if meta is not None:
                yield folder, meta

    def _datasets(self, top: Path, run: Path) -> Iterator[DatasetInput]:
        for folder in _folders(run / "inputs"):
            link = self._read(folder / _META)
            if link is None or link.get("source_type") != "DATASET":
                continue
            facts = self._read(top / "datasets" / Path(str(link.get("source_id"))).name / _META)
            if facts is not None:
                tags = link.get("tags") or {}
                yield DatasetInput(
                    dataset=DatasetRecord(
                        name=str(facts.get("name")),
                        digest=str(facts.get("digest")),
                        source_type=str(facts.get("source_type") or ""),
                        source=str(facts.get("source") or ""),
                        schema=facts.get("schema"),
                        profile=facts.get("profile"),
                    ),
                    tags=tuple(InputTag(str(key), str(value)) for key, value in tags.items()),
                )

    def _links(self, run: Path, kind: str) -> list[dict[str, Any]]:
        place = "outputs" if kind == "MODEL_OUTPUT" else "inputs"
        found = (self._read(folder / _META) for folder in _folders(run / place))
        return [link for link in found if link is not None and link.get("destination_type") == kind]

    def _model_metrics(self, folder: Path, model_id: str) -> Iterator[Metric]:
        for file in _files(folder / "metrics"):
            key = file.relative_to(folder / "metrics").as_posix()
            for line in file.read_text("utf-8", "replace").splitlines():
                parts = line.split(" ")
                try:
                    yield Metric(
                        key,
                        float(parts[1]),
                        int(parts[0]),
                        int(parts[2]),
                        model_id=model_id,
                        run_id=parts[3],
                        dataset_name=parts[4] if len(parts) > 5 else None,
                        dataset_digest=parts[5] if len(parts) > 5 else None,
                    )
                except (ValueError, IndexError):
                    self.notes.append(f"a line of {file} was left out: {line[:100]!r}")

    def _texts(self, root: Path) -> dict[str, str]:
        return {file.relative_to(root).as_posix(): file.read_text("utf-8", "replace") for file in _files(root)}

    def _read(self, path: Path) -> dict[str, Any] | None:
        """Return what a YAML file says, or None for one that cannot be read."""
        try:
            meta = self._yaml.safe_load(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, self._yaml.YAMLError, RecursionError, ValueError) as error:
            self.notes.append(f"{path} was left out: {str(error).partition(chr(10))[0]}")
            return None
        if not isinstance(meta, dict):
            self.notes.append(f"{path} was left out: it says nothing")
            return None
        return cast(dict[str, Any], meta)


def _folders(root: Path) -> list[Path]:
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.is_symlink())


def _files(root: Path) -> list[Path]:
    """Return the plain files below a folder; links lead elsewhere and are passed over."""
    if not root.is_dir() or root.is_symlink():
        return []
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def _whole(value: object) -> int | None:
    try:
        return None if value is None else int(cast(Any, value))
    except (TypeError, ValueError) as error:
        raise InvalidArgument(f"{value!r} is no time", field="source") from error
