"""Experiments: their rows and tags, and what their lifecycle does to runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from runstone.core import limits
from runstone.core.clock import now_ms
from runstone.core.entities import Experiment, ViewType
from runstone.core.errors import AlreadyExists, InvalidState, NotFound
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.sql import events
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.keys import marks

_BATCH = 500


class Experiments:
    """Experiments in a SQL database."""

    _database: Database

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Mapping[str, str] | None = None,
        creation_time: int | None = None,
        experiment_id: str | None = None,
    ) -> Experiment:
        """Make an experiment."""
        rules.check_experiment_name(name)
        location = rules.check_artifact_location(artifact_location)
        texts = rules.check_experiment_tags(tags)
        made = rules.check_creation_time(creation_time)
        number = None if experiment_id is None else rules.check_chosen_experiment_id(experiment_id)

        def work(c: Connection) -> Experiment:
            if number is not None:
                self._database.dialect.reserve_id(c, "experiments", "experiment_id", number)
            return get(c, insert(c, name, made, location=location, tags=texts, number=number))

        return self._database.write(work)

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return one experiment, deleted ones included."""
        number = rules.check_experiment_id(experiment_id)
        return self._database.read(lambda c: get(c, number))

    def find_experiment(self, name: str) -> Experiment | None:
        """Return the experiment of this name, deleted ones included, or None."""
        rules.check_experiment_name(name)
        return self._database.read(lambda c: find(c, name))

    def search_experiments(
        self,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        view: ViewType = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        page_token: str | None = None,
    ) -> Page[Experiment]:
        """Return a page of experiments; by default the newest first."""
        from runstone.store.sql import experiment_search

        question = experiment_search.Question.parse(filter, order_by, view)
        limit = rules.check_max_results(max_results, limits.MAX_SEARCH_RESULTS)

        def work(c: Connection) -> Page[Experiment]:
            numbers, token = experiment_search.find(c, self._database.dialect, question, limit, page_token)
            return Page(get_many(c, numbers), token)

        return self._database.read(work)

    def rename_experiment(self, experiment_id: str, name: str) -> None:
        """Give an active experiment another name."""
        number = rules.check_experiment_id(experiment_id)
        rules.check_experiment_name(name)
        self._database.write(lambda c: rename(c, number, name, now_ms()))

    def delete_experiment(self, experiment_id: str) -> None:
        """Mark an active experiment and all its runs deleted."""
        number = rules.check_experiment_id(experiment_id)
        self._database.write(lambda c: delete(c, number, now_ms()))

    def restore_experiment(self, experiment_id: str) -> None:
        """Undo ``delete_experiment``, for its runs too."""
        number = rules.check_experiment_id(experiment_id)
        self._database.write(lambda c: restore(c, number, now_ms()))

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, str]) -> None:
        """Set tags on an active experiment."""
        number = rules.check_experiment_id(experiment_id)
        texts = rules.check_experiment_tags(tags)

        def work(c: Connection) -> None:
            require_active(c, number)
            set_tags(c, number, texts)

        self._database.write(work)

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a tag."""
        number = rules.check_experiment_id(experiment_id)
        rules.check_text(key, "key")

        def work(c: Connection) -> None:
            require_active(c, number)
            delete_tag(c, number, key)

        self._database.write(work)


def require_active(c: Connection, experiment_id: int) -> None:
    """Refuse what is only done to active experiments.

    Raises:
        NotFound: No experiment has this id.
        InvalidState: It is deleted.
    """
    row = c.one("SELECT lifecycle_stage FROM experiments WHERE experiment_id = ?", (experiment_id,))
    if row is None:
        raise _not_found(experiment_id)
    rules.check_active(row[0], f"experiment {experiment_id}")


def ensure(c: Connection, name: str, now_ms: int) -> int:
    """Return the id of the active experiment of a checked name, which is made if absent.

    Raises:
        InvalidState: It is deleted.
    """
    row = _named(c, name)
    if row is None:
        made = _insert_row(c, name, now_ms, None)
        if made is not None:
            events.experiment_created(c, made, name)
            return made
        # Somebody made it between the two statements.
        row = _named(c, name)
    if row is None:
        raise NotFound(f"experiment {rules.shown(name)} was removed while it was looked up")
    experiment_id, stage = row
    if stage != "active":
        raise InvalidState(
            f"experiment {rules.shown(name)} is deleted; restore it (id {experiment_id}) or use another name"
        )
    return experiment_id


def insert(
    c: Connection,
    name: str,
    now_ms: int,
    *,
    location: str | None = None,
    tags: Mapping[str, str] | None = None,
    number: int | None = None,
) -> int:
    """Make an experiment of a checked name and return its id, which is ``number`` where one is reserved.

    Raises:
        AlreadyExists: The name or the id is taken.
    """
    if number is not None and c.one("SELECT 1 FROM experiments WHERE experiment_id = ?", (number,)):
        raise AlreadyExists(f"Experiment with id={number} exists already")
    experiment_id = _insert_row(c, name, now_ms, location, number)
    if experiment_id is None:
        raise _taken(c, name)
    set_tags(c, experiment_id, tags or {})
    events.experiment_created(c, experiment_id, name)
    return experiment_id


def get(c: Connection, experiment_id: int) -> Experiment:
    """Return one experiment.

    Raises:
        NotFound: No experiment has this id.
    """
    found = get_many(c, (experiment_id,))
    if not found:
        raise _not_found(experiment_id)
    return found[0]


def find(c: Connection, name: str) -> Experiment | None:
    """Return the experiment of this name, or None."""
    row = _named(c, name)
    return None if row is None else get(c, row[0])


def get_many(c: Connection, experiment_ids: Sequence[int]) -> list[Experiment]:
    """Return the experiments that exist of these, in the order given."""
    found: dict[int, Experiment] = {}
    for start in range(0, len(experiment_ids), _BATCH):
        batch = experiment_ids[start : start + _BATCH]
        tags: dict[int, dict[str, str]] = defaultdict(dict)
        for experiment_id, key, value in c.query(
            "SELECT experiment_id, key, value FROM experiment_tags "
            f"WHERE experiment_id IN ({marks(len(batch))}) ORDER BY experiment_id, key",
            batch,
        ):
            tags[experiment_id][key] = value
        for row in c.query(
            "SELECT experiment_id, name, artifact_location, lifecycle_stage, created_ms, updated_ms "
            f"FROM experiments WHERE experiment_id IN ({marks(len(batch))})",
            batch,
        ):
            found[row[0]] = Experiment(
                experiment_id=str(row[0]),
                name=row[1],
                artifact_location=row[2],
                lifecycle_stage=row[3],
                creation_time=row[4],
                last_update_time=row[5],
                tags=tags[row[0]],
            )
    return [found[experiment_id] for experiment_id in experiment_ids if experiment_id in found]


def rename(c: Connection, experiment_id: int, name: str, now_ms: int) -> None:
    """Give an active experiment another, checked name.

    Raises:
        NotFound, InvalidState: It is absent or deleted.
        AlreadyExists: The name is taken.
    """
    require_active(c, experiment_id)
    holder = _named(c, name)
    if holder is None or holder[0] != experiment_id:
        # Unlike an UPDATE, an INSERT finds a name taken without failing, also by a transaction not yet done.
        reserved = _insert_row(c, name, now_ms, "")
        if reserved is None:
            raise _taken(c, name)
        c.run("DELETE FROM experiments WHERE experiment_id = ?", (reserved,))
    c.run(
        "UPDATE experiments SET name = ?, updated_ms = ? WHERE experiment_id = ?",
        (name, now_ms, experiment_id),
    )


def delete(c: Connection, experiment_id: int, now_ms: int) -> None:
    """Mark an active experiment and its runs deleted.

    Raises:
        NotFound: No active experiment has this id.
    """
    changed = c.run(
        "UPDATE experiments SET lifecycle_stage = 'deleted', deleted_ms = ?, updated_ms = ? "
        "WHERE experiment_id = ? AND lifecycle_stage = 'active'",
        (now_ms, now_ms, experiment_id),
    )
    if not changed:
        raise NotFound(f"No active experiment with id {experiment_id} exists")
    c.run(
        "UPDATE runs SET lifecycle_stage = 'deleted', deleted_ms = ? "
        "WHERE experiment_id = ? AND lifecycle_stage = 'active'",
        (now_ms, experiment_id),
    )


def restore(c: Connection, experiment_id: int, now_ms: int) -> None:
    """Make a deleted experiment and all its runs active again.

    Raises:
        NotFound: No deleted experiment has this id.
    """
    changed = c.run(
        "UPDATE experiments SET lifecycle_stage = 'active', deleted_ms = NULL, updated_ms = ? "
        "WHERE experiment_id = ? AND lifecycle_stage = 'deleted'",
        (now_ms, experiment_id),
    )
    if not changed:
        raise NotFound(f"No deleted experiment with id {experiment_id} exists")
    c.run(
        "UPDATE runs SET lifecycle_stage = 'active', deleted_ms = NULL "
        "WHERE experiment_id = ? AND lifecycle_stage = 'deleted'",
        (experiment_id,),
    )


def set_tags(c: Connection, experiment_id: int, tags: Mapping[str, str]) -> None:
    """Set checked tags."""
    if tags:
        c.many(
            "INSERT INTO experiment_tags (experiment_id, key, value) VALUES (?, ?, ?) "
            "ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
            [(experiment_id, key, value) for key, value in tags.items()],
        )


def delete_tag(c: Connection, experiment_id: int, key: str) -> None:
    """Remove a tag.

    Raises:
        NotFound: The experiment has no such tag.
    """
    if not c.run("DELETE FROM experiment_tags WHERE experiment_id = ? AND key = ?", (experiment_id, key)):
        raise NotFound(f"No tag with name {rules.shown(key)} in experiment with id {experiment_id}")


def _insert_row(c: Connection, name: str, now_ms: int, location: str | None, number: int | None = None) -> int | None:
    """Return the id of a new experiment, or None if the name is taken."""
    chosen: dict[str, object] = {} if number is None else {"experiment_id": number}
    row = {**chosen, "name": name, "artifact_location": location or "", "created_ms": now_ms, "updated_ms": now_ms}
    made = c.one(
        f"INSERT INTO experiments ({', '.join(row)}) VALUES ({marks(len(row))}) "
        "ON CONFLICT (name) DO NOTHING RETURNING experiment_id",
        tuple(row.values()),
    )
    if made is None:
        return None
    experiment_id: int = made[0]
    if location is None:
        c.run(
            "UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?",
            (f"runstone-artifacts:/{experiment_id}", experiment_id),
        )
    return experiment_id


def _named(c: Connection, name: str) -> tuple[int, str] | None:
    """Return id and lifecycle stage of the experiment of this name."""
    row = c.one("SELECT experiment_id, lifecycle_stage FROM experiments WHERE name = ?", (name,))
    return None if row is None else (row[0], row[1])


def _taken(c: Connection, name: str) -> AlreadyExists:
    holder = _named(c, name)
    if holder is not None and holder[1] == "deleted":
        return AlreadyExists(
            f"Experiment {rules.shown(name)} already exists in deleted state; "
            f"restore it (id {holder[0]}), remove it for good, or choose another name"
        )
    return AlreadyExists(f"Experiment {rules.shown(name)} already exists; choose another name")


def _not_found(experiment_id: int) -> NotFound:
    return NotFound(f"No Experiment with id={experiment_id} exists")
