"""The registry: registered models, their versions and aliases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from runstone.core import limits
from runstone.core.clock import now_ms
from runstone.core.entities import AliasMove, ModelVersion, RegisteredModel
from runstone.core.errors import InvalidArgument
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.model_uris import check_model_id, parse_model_uri
from runstone.store.sql import events, model_aliases, model_versions, registered_models, registry_search
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection
from runstone.store.sql.model_origins import Origin, follow

T = TypeVar("T")

_ACTIVE_STAGES = ("Staging", "Production")


class Registry:
    """The registry in a SQL database."""

    _database: Database

    def create_registered_model(
        self,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        creation_time: int | None = None,
    ) -> RegisteredModel:
        """Make a name for versions."""
        rules.check_model_name(name)
        texts = _checked_tags(tags)
        described = _checked_description(description)
        made = rules.check_creation_time(creation_time)

        def work(c: Connection) -> RegisteredModel:
            registered_models.insert(c, name, described, texts, made)
            events.model_created(c, name, texts, described)
            return registered_models.get(c, name)

        return self._change(work)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """Return one model with its aliases and the highest version of each stage."""
        rules.check_model_name(name)
        return self._database.read(lambda c: registered_models.get(c, name))

    def rename_registered_model(self, name: str, new_name: str) -> RegisteredModel:
        """Give a model another name; versions, tags and aliases follow."""
        rules.check_model_name(name)
        rules.check_model_name(new_name)

        def work(c: Connection) -> RegisteredModel:
            registered_models.rename(c, name, new_name, now_ms())
            return registered_models.get(c, new_name)

        return self._change(work)

    def update_registered_model(self, name: str, *, description: str | None) -> RegisteredModel:
        """Set the description."""
        rules.check_model_name(name)
        described = _checked_description(description)

        def work(c: Connection) -> RegisteredModel:
            registered_models.describe(c, name, described, now_ms())
            return registered_models.get(c, name)

        return self._change(work)

    def delete_registered_model(self, name: str) -> None:
        """Remove a model with all its versions, tags and aliases."""
        rules.check_model_name(name)
        self._change(lambda c: registered_models.delete(c, name))

    def search_registered_models(
        self,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        max_results: int = 100,
        page_token: str | None = None,
    ) -> Page[RegisteredModel]:
        """Return a page of models, by name unless told otherwise.

        Prompts are left out unless the filter speaks of the tag that marks them.
        """
        question = registry_search.Question.of_models(filter, order_by)
        limit = rules.check_max_results(max_results, limits.MAX_REGISTERED_MODEL_RESULTS)

        def work(c: Connection) -> Page[RegisteredModel]:
            names, token = registry_search.find_models(c, self._database.dialect, question, limit, page_token)
            return Page(registered_models.get_many(c, names), token)

        return self._database.read(work)

    def get_latest_versions(self, name: str, stages: Sequence[str] = ()) -> list[ModelVersion]:
        """Return the highest version of each stage."""
        rules.check_model_name(name)
        wanted = [rules.check_stage(stage) for stage in stages]

        def work(c: Connection) -> list[ModelVersion]:
            registered_models.require(c, name)
            return model_versions.latest(c, [name], wanted)[name]

        return self._database.read(work)

    def set_registered_model_tag(self, name: str, key: str, value: str) -> None:
        """Set a tag on a model."""
        rules.check_model_name(name)
        checked, text = rules.check_registry_tag(key, value)

        def work(c: Connection) -> None:
            registered_models.put_tags(c, name, {checked: text})
            events.model_tag_changed(c, name, "set", {"key": checked, "value": text})

        self._write_model(name, work)

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a tag from a model; an absent one is no error."""
        rules.check_model_name(name)
        rules.check_key(key)

        def work(c: Connection) -> None:
            if registered_models.delete_tag(c, name, key):
                events.model_tag_changed(c, name, "deleted", {"key": key})

        self._write_model(name, work)

    def set_registered_model_alias(self, name: str, alias: str, version: str, *, user_id: str = "") -> None:
        """Point an alias at a version, moving it if it pointed elsewhere."""
        rules.check_alias(alias)
        rules.check_text(user_id, "user_id", max_length=256)

        def work(c: Connection, key: model_versions.Key) -> None:
            model_aliases.put(c, name, alias, key[1], user_id)
            events.alias_changed(c, name, "created", {"alias": alias, "version": str(key[1])})

        self._write_version(name, version, work)

    def delete_registered_model_alias(self, name: str, alias: str, *, user_id: str = "") -> None:
        """Remove an alias; an absent one is no error."""
        rules.check_model_name(name)
        rules.check_text(alias, "alias")
        rules.check_text(user_id, "user_id", max_length=256)

        def work(c: Connection) -> None:
            if model_aliases.delete(c, name, alias, user_id):
                events.alias_changed(c, name, "deleted", {"alias": alias})

        self._write_model(name, work)

    def list_alias_moves(self, name: str, *, max_results: int = 100) -> list[AliasMove]:
        """Return where a model's aliases were pointed, the newest first."""
        rules.check_model_name(name)
        limit = rules.check_max_results(max_results, limits.MAX_SEARCH_RESULTS)

        def work(c: Connection) -> list[AliasMove]:
            registered_models.require(c, name)
            return model_aliases.moves(c, name, limit)

        return self._database.read(work)

    def get_model_version_by_alias(self, name: str, alias: str) -> ModelVersion:
        """Return the version an alias points at; ``latest`` is the highest one."""
        rules.check_model_name(name)
        rules.check_text(alias, "alias")

        def work(c: Connection) -> ModelVersion:
            registered_models.require(c, name)
            return model_versions.get(c, (name, model_versions.by_alias(c, name, alias)))

        return self._database.read(work)

    def create_model_version(
        self,
        name: str,
        source: str,
        *,
        run_id: str | None = None,
        run_link: str | None = None,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        model_id: str | None = None,
        user_id: str = "",
        creation_time: int | None = None,
    ) -> ModelVersion:
        """Add the next version; numbers of deleted versions are not given again."""
        rules.check_model_name(name)
        texts = _checked_tags(tags)
        described = _checked_description(description)
        run_id = rules.check_run_id(run_id) if run_id else None
        model_id = check_model_id(model_id) if model_id else None
        rules.check_text(run_link or "", "run_link", max_length=limits.MAX_ARTIFACT_LOCATION_LENGTH)
        rules.check_text(user_id, "user_id", max_length=256)
        rules.check_text(source, "source", max_length=limits.MAX_ARTIFACT_LOCATION_LENGTH, allow_empty=False)
        # A prompt is its tags; MLflow's clients put a word that is no URI in the place of its source.
        is_prompt = events.marks_prompt(texts)
        uri = None if is_prompt else parse_model_uri(source)

        made = rules.check_creation_time(creation_time)

        def work(c: Connection) -> ModelVersion:
            number = registered_models.next_version(c, name, made)
            origin = Origin(None, run_id, model_id) if uri is None else follow(c, uri, run_id, model_id)
            version = ModelVersion(
                name=name,
                version=str(number),
                creation_timestamp=made,
                last_updated_timestamp=made,
                description=described,
                user_id=user_id,
                source=source,
                storage_location=origin.storage_location,
                run_id=origin.run_id,
                run_link=run_link or "",
                model_id=origin.model_id,
                tags=texts,
            )
            model_versions.insert(c, version)
            events.version_created(c, name, number, source, version.run_id, texts, described)
            return version

        return self._change(work)

    def get_model_version(self, name: str, version: str) -> ModelVersion:
        """Return one version with its aliases."""
        key = _checked_key(name, version)
        return self._database.read(lambda c: model_versions.get(c, key))

    def update_model_version(self, name: str, version: str, *, description: str | None) -> ModelVersion:
        """Set the description."""
        key = _checked_key(name, version)
        described = _checked_description(description)

        def work(c: Connection) -> ModelVersion:
            # As in MLflow, that is no change of the model.
            model_versions.describe(c, key, described, now_ms())
            return model_versions.get(c, key)

        return self._change(work)

    def transition_model_version_stage(
        self, name: str, version: str, stage: str, *, archive_existing_versions: bool = False
    ) -> ModelVersion:
        """Move a version to a stage, for old clients."""
        key = _checked_key(name, version)
        target = rules.check_stage(stage)
        if archive_existing_versions and target not in _ACTIVE_STAGES:
            raise InvalidArgument(
                f"existing versions are archived only on a move to {' or '.join(_ACTIVE_STAGES)}, and "
                f"{target!r} is not an Active stage",
                field="archive_existing_versions",
            )

        def work(c: Connection) -> ModelVersion:
            now = now_ms()
            registered_models.touch(c, name, now)
            moved = model_versions.move(c, key, target, now, archive_others=archive_existing_versions)
            events.stages_changed(c, name, moved)
            return model_versions.get(c, key)

        return self._change(work)

    def delete_model_version(self, name: str, version: str) -> None:
        """Remove a version, its tags and the aliases that point at it; its number stays taken."""
        key = _checked_key(name, version)

        def work(c: Connection) -> None:
            registered_models.touch(c, name, now_ms())
            model_versions.delete(c, key)

        self._change(work)

    def get_model_version_download_uri(self, name: str, version: str) -> str:
        """Return where the version's files are."""
        found = self.get_model_version(name, version)
        return found.storage_location or found.source

    def search_model_versions(
        self,
        *,
        filter: str = "",
        order_by: Sequence[str] = (),
        max_results: int = 10_000,
        page_token: str | None = None,
    ) -> Page[ModelVersion]:
        """Return a page of versions, without their aliases; last changed first unless told otherwise."""
        question = registry_search.Question.of_versions(filter, order_by)
        limit = rules.check_max_results(max_results, limits.MAX_MODEL_VERSION_RESULTS)

        def work(c: Connection) -> Page[ModelVersion]:
            keys, token = registry_search.find_versions(c, self._database.dialect, question, limit, page_token)
            return Page(model_versions.get_many(c, keys, with_aliases=False), token)

        return self._database.read(work)

    def set_model_version_tag(self, name: str, version: str, key: str, value: str) -> None:
        """Set a tag on a version."""
        tag, text = rules.check_registry_tag(key, value)

        def work(c: Connection, of: model_versions.Key) -> None:
            model_versions.put_tags(c, of, {tag: text})
            events.version_tag_changed(c, *of, "set", {"key": tag, "value": text})

        self._write_version(name, version, work)

    def delete_model_version_tag(self, name: str, version: str, key: str) -> None:
        """Remove a tag from a version; an absent one is no error."""
        tag = rules.check_key(key)

        def work(c: Connection, of: model_versions.Key) -> None:
            if model_versions.delete_tag(c, of, tag):
                events.version_tag_changed(c, *of, "deleted", {"key": tag})

        self._write_version(name, version, work)

    def _change(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction that counts as a change of the registry."""

        def counted(c: Connection) -> T:
            result = work(c)
            # Last, so that nobody who waits for this row holds one that is still wanted here.
            c.run("UPDATE registry_changes SET number = number + 1")
            return result

        return self._database.write(counted)

    def _write_model(self, name: str, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a model that nobody else changes meanwhile."""

        def locked(c: Connection) -> T:
            registered_models.require(c, name, lock=True)
            return work(c)

        return self._change(locked)

    def _write_version(self, name: str, version: str, work: Callable[[Connection, model_versions.Key], T]) -> T:
        """Run ``work`` on a version that nobody else changes meanwhile."""
        key = _checked_key(name, version)

        def locked(c: Connection) -> T:
            model_versions.require(c, key)
            return work(c, key)

        return self._change(locked)


def _checked_key(name: str, version: str) -> model_versions.Key:
    return rules.check_model_name(name), rules.check_model_version(version)


def _checked_tags(tags: Mapping[str, str] | None) -> dict[str, str]:
    return dict(rules.check_registry_tag(key, value) for key, value in (tags or {}).items())


def _checked_description(description: str | None) -> str:
    return rules.check_text(description or "", "description")
