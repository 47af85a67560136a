"""What a store's registry must do."""

from __future__ import annotations

import threading

import pytest

from runstone.core.clock import now_ms
from runstone.core.entities import ModelVersion, RegisteredModel
from runstone.core.errors import AlreadyExists, InvalidArgument, NotFound
from runstone.core.page import Page, iter_pages
from runstone.store.protocol import Store

_SOURCE = "s3://models/net"


def _make(store: Store, name: str = "net", *, versions: int = 1) -> None:
    store.create_registered_model(name)
    for _ in range(versions):
        store.create_model_version(name, _SOURCE)


def _found(page: Page[RegisteredModel]) -> list[str]:
    return [model.name for model in page]


def _versions(page: Page[ModelVersion]) -> list[tuple[str, str]]:
    return [(version.name, version.version) for version in page]


class RegistrySuite:
    """Registered models, versions, aliases, tags, stages, search."""

    def test_a_model_is_kept_as_it_was_made(self, store: Store) -> None:
        before = now_ms()

        made = store.create_registered_model("net", tags={"team": "vision"}, description="a net")

        assert made == RegisteredModel(
            name="net",
            creation_timestamp=made.creation_timestamp,
            last_updated_timestamp=made.creation_timestamp,
            description="a net",
            tags={"team": "vision"},
        )
        assert before <= made.creation_timestamp <= now_ms()
        assert store.get_registered_model("net") == made

    def test_what_was_made_elsewhere_keeps_its_time(self, store: Store) -> None:
        model = store.create_registered_model("old", creation_time=1_500_000_000_000)
        version = store.create_model_version("old", _SOURCE, creation_time=1_600_000_000_000)

        assert store.get_registered_model("old").creation_timestamp == model.creation_timestamp == 1_500_000_000_000
        assert store.get_model_version("old", version.version).creation_timestamp == 1_600_000_000_000

    def test_a_name_is_taken_once(self, store: Store) -> None:
        store.create_registered_model("net", tags={"a": "1"})

        with pytest.raises(AlreadyExists):
            store.create_registered_model("net", tags={"a": "2"})

        assert store.get_registered_model("net").tags == {"a": "1"}

    def test_names_that_differ_in_case_are_two(self, store: Store) -> None:
        store.create_registered_model("net")
        store.create_registered_model("Net")

        assert _found(store.search_registered_models()) == ["Net", "net"]

    @pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "n" * 257, "nul\0", "half \ud800"])
    def test_a_name_that_breaks_the_rule_is_refused(self, store: Store, name: str) -> None:
        with pytest.raises(InvalidArgument):
            store.create_registered_model(name)

    def test_what_does_not_exist_is_not_found(self, store: Store) -> None:
        _make(store)
        for call in (
            lambda: store.get_registered_model("other"),
            lambda: store.rename_registered_model("other", "new"),
            lambda: store.update_registered_model("other", description="x"),
            lambda: store.delete_registered_model("other"),
            lambda: store.get_latest_versions("other"),
            lambda: store.set_registered_model_tag("other", "a", "1"),
            lambda: store.delete_registered_model_tag("other", "a"),
            lambda: store.set_registered_model_alias("other", "best", "1"),
            lambda: store.set_registered_model_alias("net", "best", "2"),
            lambda: store.delete_registered_model_alias("other", "best"),
            lambda: store.get_model_version_by_alias("other", "best"),
            lambda: store.create_model_version("other", _SOURCE),
            lambda: store.get_model_version("other", "1"),
            lambda: store.get_model_version("net", "2"),
            lambda: store.update_model_version("net", "2", description="x"),
            lambda: store.transition_model_version_stage("net", "2", "Staging"),
            lambda: store.delete_model_version("net", "2"),
            lambda: store.get_model_version_download_uri("net", "2"),
            lambda: store.set_model_version_tag("net", "2", "a", "1"),
            lambda: store.delete_model_version_tag("net", "2", "a"),
        ):
            with pytest.raises(NotFound):
                call()

    @pytest.mark.parametrize("version", ["", "one", "-1", "1.0", "9" * 19, "1 OR 1=1"])
    def test_a_version_is_a_number(self, store: Store, version: str) -> None:
        _make(store)

        with pytest.raises(InvalidArgument):
            store.get_model_version("net", version)

    def test_a_rename_takes_everything_along(self, store: Store) -> None:
        _make(store)
        store.set_registered_model_tag("net", "team", "vision")
        store.set_registered_model_alias("net", "best", "1")
        store.set_model_version_tag("net", "1", "seed", "7")

        renamed = store.rename_registered_model("net", "mesh")

        assert renamed == store.get_registered_model("mesh")
        assert (renamed.tags, renamed.aliases) == ({"team": "vision"}, {"best": "1"})
        version = store.get_model_version("mesh", "1")
        assert (version.tags, version.aliases) == ({"seed": "7"}, ("best",))
        assert store.create_model_version("mesh", _SOURCE).version == "2"
        with pytest.raises(NotFound):
            store.get_registered_model("net")

    def test_a_rename_onto_a_taken_name_is_refused(self, store: Store) -> None:
        _make(store, "net")
        _make(store, "mesh")

        with pytest.raises(AlreadyExists):
            store.rename_registered_model("net", "mesh")

        assert _found(store.search_registered_models()) == ["mesh", "net"]
        assert store.rename_registered_model("net", "net").name == "net"

    def test_a_description_is_set_and_cleared(self, store: Store) -> None:
        _make(store)

        assert store.update_registered_model("net", description="new").description == "new"
        assert store.update_registered_model("net", description=None).description == ""

    def test_a_deleted_model_is_gone_with_all_of_it(self, store: Store) -> None:
        _make(store, versions=2)
        store.set_registered_model_tag("net", "team", "vision")
        store.set_registered_model_alias("net", "best", "1")
        store.set_model_version_tag("net", "1", "seed", "7")

        store.delete_registered_model("net")

        assert store.search_model_versions() == []
        made = store.create_registered_model("net")
        assert (made.tags, made.aliases, made.latest_versions) == ({}, {}, ())
        assert store.create_model_version("net", _SOURCE).version == "1"

    def test_tags_of_models_are_set_overwritten_and_removed(self, store: Store) -> None:
        _make(store)
        store.set_registered_model_tag("net", "a", "1")
        store.set_registered_model_tag("net", "a", "2")
        store.set_registered_model_tag("net", "b", "x" * 100_000)

        store.delete_registered_model_tag("net", "b")
        store.delete_registered_model_tag("net", "b")

        assert store.get_registered_model("net").tags == {"a": "2"}

    def test_a_tag_that_breaks_a_rule_is_refused(self, store: Store) -> None:
        _make(store)
        for key, value in (("", "1"), ("../up", "1"), ("k" * 251, "1"), ("a", "x" * 100_001), ("a", "nul\0")):
            with pytest.raises(InvalidArgument):
                store.set_registered_model_tag("net", key, value)
            with pytest.raises(InvalidArgument):
                store.set_model_version_tag("net", "1", key, value)

    def test_versions_count_from_one_and_are_never_given_again(self, store: Store) -> None:
        _make(store, versions=2)
        store.delete_model_version("net", "2")

        assert store.create_model_version("net", _SOURCE).version == "3"

    def test_a_version_is_kept_as_it_was_made(self, store: Store) -> None:
        before = store.create_registered_model("net")

        made = store.create_model_version(
            "net",
            "s3://models/net",
            run_id="abc",
            run_link="https://host/run/abc",
            tags={"seed": "7"},
            description="first",
            user_id="ada",
        )

        assert made == ModelVersion(
            name="net",
            version="1",
            creation_timestamp=made.creation_timestamp,
            last_updated_timestamp=made.creation_timestamp,
            description="first",
            user_id="ada",
            registry_stage="None",
            source="s3://models/net",
            run_id="abc",
            run_link="https://host/run/abc",
            status="READY",
            tags={"seed": "7"},
        )
        assert store.get_model_version("net", "1") == made
        assert made.creation_timestamp >= before.creation_timestamp
        assert store.get_registered_model("net").last_updated_timestamp == made.creation_timestamp

    def test_versions_made_at_once_get_numbers_of_their_own(self, store: Store) -> None:
        _make(store, versions=0)
        numbers: list[str] = []

        def make() -> None:
            for _ in range(5):
                numbers.append(store.create_model_version("net", _SOURCE).version)

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(map(int, numbers)) == list(range(1, 21))

    def test_another_description_of_a_version_is_no_change_of_the_model(self, store: Store) -> None:
        _make(store)
        before = store.get_registered_model("net").last_updated_timestamp

        changed = store.update_model_version("net", "1", description="better")

        assert changed.description == "better"
        assert changed == store.get_model_version("net", "1")
        assert changed.last_updated_timestamp >= changed.creation_timestamp
        assert store.get_registered_model("net").last_updated_timestamp == before

    def test_tags_of_versions_are_set_overwritten_and_removed(self, store: Store) -> None:
        _make(store, versions=2)
        store.set_model_version_tag("net", "1", "a", "1")
        store.set_model_version_tag("net", "1", "a", "2")
        store.set_model_version_tag("net", "1", "b", "3")

        store.delete_model_version_tag("net", "1", "b")
        store.delete_model_version_tag("net", "1", "b")

        assert store.get_model_version("net", "1").tags == {"a": "2"}
        assert store.get_model_version("net", "2").tags == {}

    def test_an_alias_moves_and_is_removed(self, store: Store) -> None:
        _make(store, versions=2)
        store.set_registered_model_alias("net", "best", "1")
        store.set_registered_model_alias("net", "best", "2")
        store.set_registered_model_alias("net", "also", "2")

        assert store.get_registered_model("net").aliases == {"also": "2", "best": "2"}
        assert store.get_model_version("net", "1").aliases == ()
        assert store.get_model_version("net", "2").aliases == ("also", "best")
        assert store.get_model_version_by_alias("net", "best") == store.get_model_version("net", "2")

        store.delete_registered_model_alias("net", "best")
        store.delete_registered_model_alias("net", "best")

        assert store.get_registered_model("net").aliases == {"also": "2"}

    def test_where_aliases_pointed_is_remembered(self, store: Store) -> None:
        _make(store, versions=3)
        store.set_registered_model_alias("net", "best", "1", user_id="ada")
        store.set_registered_model_alias("net", "best", "1", user_id="bob")
        store.set_registered_model_alias("net", "best", "3")
        store.set_registered_model_alias("net", "also", "2")
        store.delete_registered_model_alias("net", "also", user_id="ada")
        store.delete_registered_model_alias("net", "also")
        store.delete_model_version("net", "3")
        store.rename_registered_model("net", "network")

        moves = store.list_alias_moves("network")

        assert [(move.alias, move.version, move.user_id) for move in moves] == [
            ("best", None, ""),
            ("also", None, "ada"),
            ("also", "2", ""),
            ("best", "3", ""),
            ("best", "1", "ada"),
        ]
        assert moves[0].moved_ms >= moves[-1].moved_ms > 0
        assert store.list_alias_moves("network", max_results=1) == moves[:1]
        with pytest.raises(NotFound):
            store.list_alias_moves("net")

    def test_an_alias_that_is_not_there_is_invalid(self, store: Store) -> None:
        _make(store)

        with pytest.raises(InvalidArgument, match="alias best not found"):
            store.get_model_version_by_alias("net", "best")

    def test_latest_is_the_highest_version(self, store: Store) -> None:
        _make(store, versions=0)
        with pytest.raises(InvalidArgument):
            store.get_model_version_by_alias("net", "latest")
        for _ in range(11):
            store.create_model_version("net", _SOURCE)
        store.delete_model_version("net", "11")

        assert store.get_model_version_by_alias("net", "latest").version == "10"

    @pytest.mark.parametrize("alias", ["", "latest", "Latest", "v1", "V12", "a b", "a" * 256, "é!"])
    def test_an_alias_that_breaks_the_rule_is_refused(self, store: Store, alias: str) -> None:
        _make(store)

        with pytest.raises(InvalidArgument):
            store.set_registered_model_alias("net", alias, "1")

    def test_a_deleted_version_takes_its_tags_and_aliases(self, store: Store) -> None:
        _make(store, versions=2)
        store.set_registered_model_alias("net", "best", "1")
        store.set_registered_model_alias("net", "other", "2")
        store.set_model_version_tag("net", "1", "a", "1")

        store.delete_model_version("net", "1")

        assert store.get_registered_model("net").aliases == {"other": "2"}
        assert _versions(store.search_model_versions(filter="tags.a = '1'")) == []
        with pytest.raises(NotFound):
            store.get_model_version("net", "1")

    def test_stages_take_any_case_and_archive_on_demand(self, store: Store) -> None:
        _make(store, versions=3)
        assert store.transition_model_version_stage("net", "1", "production").registry_stage == "Production"
        store.transition_model_version_stage("net", "2", "PRODUCTION")
        assert store.get_model_version("net", "1").current_stage == "Production"

        store.transition_model_version_stage("net", "3", "Production", archive_existing_versions=True)

        assert [store.get_model_version("net", number).current_stage for number in "123"] == [
            "Archived",
            "Archived",
            "Production",
        ]

    def test_stages_that_cannot_be_are_refused(self, store: Store) -> None:
        _make(store)
        with pytest.raises(InvalidArgument, match="Invalid Model Version stage"):
            store.transition_model_version_stage("net", "1", "Live")
        for stage in ("None", "Archived"):
            with pytest.raises(InvalidArgument, match="not an Active stage"):
                store.transition_model_version_stage("net", "1", stage, archive_existing_versions=True)

    def test_the_latest_versions_are_the_highest_of_each_stage(self, store: Store) -> None:
        _make(store, versions=12)
        for number, stage in (("1", "Staging"), ("9", "Staging"), ("3", "Production")):
            store.transition_model_version_stage("net", number, stage)
        store.set_registered_model_alias("net", "best", "9")

        latest = store.get_latest_versions("net")

        assert [(found.registry_stage, found.version) for found in latest] == [
            ("None", "12"),
            ("Staging", "9"),
            ("Production", "3"),
        ]
        assert latest[1].aliases == ("best",)
        assert store.get_registered_model("net").latest_versions == tuple(latest)
        assert _versions(Page(store.get_latest_versions("net", ["staging", "Archived"]))) == [("net", "9")]
        with pytest.raises(InvalidArgument):
            store.get_latest_versions("net", ["Live"])

    @pytest.mark.parametrize(
        "source",
        [
            "s3://bucket/model",
            "mlflow-artifacts:/0/abc/artifacts/model",
            "runstone-artifacts:/0/models/x",
            "https://host/model?version=1",
            "gs://bucket/a..b/c",
            "dbfs:/models/50%25",
        ],
    )
    def test_a_remote_source_is_taken_as_it_is(self, store: Store, source: str) -> None:
        _make(store, versions=0)

        assert store.create_model_version("net", source).source == source
        assert store.get_model_version_download_uri("net", "1") == source

    @pytest.mark.parametrize(
        "source",
        [
            "",
            "s3:",
            "s3://bucket/../other",
            "s3://bucket/%2e%2e/other",
            "s3://bucket/%25252e%25252e/other",
            "s3://bucket\\..\\other",
            "https://host/x?path=../../etc",
            "https://host/model#/../../etc",
            "https://host/model%23frag",
            "https://host/nul\0",
            "https://host/nul%00",
            "https://host/.\n./etc",
            "https://host/x;../../etc",
            "models:/net",
            "models:/net/",
            "models://host/net/1",
            "models:/net/one",
            "runs:abc/model",
            "runs:/../model",
            "runs:/abc/../../model",
        ],
    )
    def test_a_source_that_leads_elsewhere_is_refused(self, store: Store, source: str) -> None:
        _make(store, versions=0)

        with pytest.raises(InvalidArgument):
            store.create_model_version("net", source)
        assert store.create_model_version("net", _SOURCE).version == "1"

    @pytest.mark.parametrize(
        "source",
        ["/etc", "etc", "file:///etc", "FILE:/etc", "file://host/etc", "C:/models", "\\\\host\\share"],
    )
    def test_a_local_path_is_refused(self, store: Store, source: str) -> None:
        _make(store, versions=0)
        model_id = store.create_logged_model("0").model_id

        with pytest.raises(InvalidArgument):
            store.create_model_version("net", source, model_id=model_id)

    def test_a_local_path_inside_the_models_folder_is_taken(self, store: Store) -> None:
        _make(store, versions=0)
        experiment = store.create_experiment("local", artifact_location="file:///data/art")
        model = store.create_logged_model(experiment.experiment_id)
        folder = f"/data/art/models/{model.model_id}/artifacts"

        assert store.create_model_version("net", folder, model_id=model.model_id).source == folder
        assert store.create_model_version("net", f"file://{folder}/sub", model_id=model.model_id).version == "2"
        for outside in ("/data/art/models", f"{folder}-2", f"{folder}/../../x", folder[1:]):
            with pytest.raises(InvalidArgument):
                store.create_model_version("net", outside, model_id=model.model_id)
        with pytest.raises(InvalidArgument, match="To use a local path as a model version"):
            store.create_model_version("net", folder)

    def test_a_prompt_needs_no_uri(self, store: Store) -> None:
        _make(store, versions=0)

        made = store.create_model_version("net", "prompt-template", tags={"mlflow.prompt.is_prompt": "true"})

        assert made.source == "prompt-template"

    def test_a_runs_source_is_of_its_run(self, store: Store) -> None:
        _make(store, versions=0)

        made = store.create_model_version("net", "runs:/abc/model")

        assert (made.run_id, made.source) == ("abc", "runs:/abc/model")
        with pytest.raises(InvalidArgument, match="run_id"):
            store.create_model_version("net", "runs:/abc/model", run_id="def")

    def test_a_logged_model_as_source_gives_place_run_and_registration(self, store: Store) -> None:
        _make(store, versions=0)
        model = store.create_logged_model("0", name="net", source_run_id="abc")

        made = store.create_model_version("net", f"models:/{model.model_id}")

        assert (made.storage_location, made.run_id, made.model_id) == (
            model.artifact_location,
            "abc",
            model.model_id,
        )
        assert store.get_model_version("net", "1") == made
        assert store.get_model_version_download_uri("net", "1") == model.artifact_location
        with pytest.raises(InvalidArgument, match="model_id"):
            store.create_model_version("net", f"models:/{model.model_id}", model_id="m-" + "0" * 32)
        with pytest.raises(NotFound):
            store.create_model_version("net", "models:/m-" + "0" * 32)

    def test_a_version_as_source_is_followed_to_its_origin(self, store: Store) -> None:
        _make(store, "net", versions=0)
        store.create_model_version("net", "s3://models/first", run_id="abc")
        store.set_registered_model_alias("net", "best", "1")
        store.transition_model_version_stage("net", "1", "Staging")
        _make(store, "copy", versions=0)

        for source in ("models:/net/1", "models:/net@best", "models:/net/latest", "models:/net/staging"):
            made = store.create_model_version("copy", source)

            assert (made.source, made.storage_location, made.run_id) == (source, "s3://models/first", "abc")
        made = store.create_model_version("copy", "models:/copy/1")
        assert made.storage_location == "s3://models/first"
        for missing in ("models:/net/2", "models:/other/1", "models:/net/Production"):
            with pytest.raises(NotFound):
                store.create_model_version("copy", missing)

    @pytest.mark.parametrize(
        ("filter", "names"),
        [
            ("", ["Beta", "alpha", "gamma"]),
            ("name = 'alpha'", ["alpha"]),
            ("name != 'alpha'", ["Beta", "gamma"]),
            ("name LIKE '%a'", ["Beta", "alpha", "gamma"]),
            ("name LIKE 'b%'", []),
            ("name ILIKE 'b%'", ["Beta"]),
            ("name IN ('alpha', 'gamma')", ["alpha", "gamma"]),
            ("name NOT IN ('alpha')", ["Beta", "gamma"]),
            ("name REGEXP '^(a|g)'", ["alpha", "gamma"]),
            ("tags.team = 'vision'", ["alpha"]),
            ("tags.team != 'vision'", ["Beta"]),
            ("NOT tags.team = 'vision'", ["Beta", "gamma"]),
            ("tags.team IS NULL", ["gamma"]),
            ("tags.team IS NOT NULL", ["Beta", "alpha"]),
            ("tags.team ILIKE 'VIS%'", ["alpha"]),
            ("tags.team LIKE 'VIS%'", []),
            ("tags.size > 9", ["Beta"]),
            ("tags.size < 1e5", ["Beta", "alpha"]),
            ("tags.size != 9", ["Beta"]),
            ("tags.size BETWEEN 8 AND 11", ["Beta", "alpha"]),
            ("name = 'alpha' OR (tags.team = 'text' AND name ILIKE 'beta')", ["Beta", "alpha"]),
            ("last_updated_timestamp > '2001-01-01' AND creation_timestamp > 0", ["Beta", "alpha", "gamma"]),
            ("description LIKE '%net'", ["gamma"]),
            ('name = "it\'s"', []),
        ],
    )
    def test_a_filter_finds_models(self, store: Store, filter: str, names: list[str]) -> None:
        store.create_registered_model("alpha", tags={"team": "vision", "size": "9"})
        store.create_registered_model("Beta", tags={"team": "text", "size": "10"})
        store.create_registered_model("gamma", tags={"size": "large"}, description="the net")

        assert _found(store.search_registered_models(filter=filter)) == names

    @pytest.mark.parametrize("filter", ["nonsense = 1", "tags. = 'x'", "name = 1", "version_number = 1", ";"])
    def test_a_filter_that_cannot_be_read_is_refused(self, store: Store, filter: str) -> None:
        with pytest.raises(InvalidArgument):
            store.search_registered_models(filter=filter)

    def test_prompts_are_hidden_unless_the_filter_speaks_of_them(self, store: Store) -> None:
        marker = "mlflow.prompt.is_prompt"
        store.create_registered_model("net")
        store.create_registered_model("greeting", tags={marker: "true"})
        store.create_registered_model("other", tags={marker: "false"})

        def search(filter: str) -> list[str]:
            return _found(store.search_registered_models(filter=filter))

        assert search("") == ["net", "other"]
        assert search("name = 'greeting'") == []
        assert search(f"tags.`{marker}` = 'true'") == ["greeting"]
        assert search(f"tags.`{marker}` != 'true'") == ["net", "other"]
        assert search(f"name LIKE '%e%' AND tags.`{marker}` != 'true'") == ["net", "other"]

    @pytest.mark.parametrize(
        ("order_by", "names"),
        [
            (["name DESC"], ["d", "c", "b", "a"]),
            (["tags.rank"], ["b", "d", "a", "c"]),
            (["tags.rank DESC"], ["a", "b", "d", "c"]),
            (["tags.rank", "name DESC"], ["d", "b", "a", "c"]),
            (["creation_timestamp", "name"], ["a", "b", "c", "d"]),
        ],
    )
    def test_an_order_brings_models_in_order_page_by_page(
        self, store: Store, order_by: list[str], names: list[str]
    ) -> None:
        for name, rank in (("a", "2"), ("b", "1"), ("c", None), ("d", "1")):
            store.create_registered_model(name, tags={} if rank is None else {"rank": rank})

        pages = iter_pages(
            lambda token: store.search_registered_models(order_by=order_by, max_results=1, page_token=token)
        )

        assert [model.name for model in pages] == names

    def test_a_page_ends_without_a_token(self, store: Store) -> None:
        for name in "abc":
            store.create_registered_model(name)

        first = store.search_registered_models(max_results=2)
        assert first.token is not None
        assert store.search_registered_models(max_results=2, page_token=first.token).token is None
        assert store.search_registered_models(max_results=3).token is None

    def test_a_token_of_another_question_is_refused(self, store: Store) -> None:
        for name in "abc":
            _make(store, name)
        token = store.search_registered_models(max_results=1).token

        for filter, order_by in (("name = 'a'", []), ("", ["name DESC"])):
            with pytest.raises(InvalidArgument):
                store.search_registered_models(filter=filter, order_by=order_by, page_token=token)
        with pytest.raises(InvalidArgument):
            store.search_model_versions(page_token=token)
        with pytest.raises(InvalidArgument):
            store.search_registered_models(page_token="nonsense")

    @pytest.mark.parametrize("max_results", [0, -1, 1001])
    def test_a_page_has_a_limit(self, store: Store, max_results: int) -> None:
        with pytest.raises(InvalidArgument):
            store.search_registered_models(max_results=max_results)
        with pytest.raises(InvalidArgument):
            store.search_model_versions(max_results=max_results * 1000)

    @pytest.mark.parametrize(
        ("filter", "found"),
        [
            ("name = 'net'", [("net", "2"), ("net", "1")]),
            ("name = 'net' AND version_number > 1", [("net", "2")]),
            ("version_number <= 1", [("mesh", "1"), ("net", "1")]),
            ("version_number BETWEEN 2 AND 3", [("net", "2")]),
            ("run_id = 'r1'", [("net", "1")]),
            ("run_id != 'r1'", [("mesh", "1")]),
            ("run_id IN ('r1', 'r2')", [("mesh", "1"), ("net", "1")]),
            ("run_id IS NULL", [("net", "2")]),
            ("source_path LIKE 's3://m/%'", [("mesh", "1"), ("net", "2"), ("net", "1")]),
            ("source_path = 's3://m/c'", [("mesh", "1")]),
            ("tags.seed = '7'", [("net", "1")]),
            ("tags.seed > 7", [("net", "2")]),
            ("tags.seed IS NULL", [("mesh", "1")]),
            ("current_stage = 'Staging'", [("mesh", "1")]),
        ],
    )
    def test_a_filter_finds_versions(self, store: Store, filter: str, found: list[tuple[str, str]]) -> None:
        _make(store, "net", versions=0)
        _make(store, "mesh", versions=0)
        store.create_model_version("net", "s3://m/a", run_id="r1", tags={"seed": "7"})
        store.create_model_version("net", "s3://m/b", tags={"seed": "11"})
        store.create_model_version("mesh", "s3://m/c", run_id="r2")
        store.transition_model_version_stage("mesh", "1", "Staging")

        searched = store.search_model_versions(filter=filter, order_by=["name", "version_number DESC"])

        assert _versions(searched) == found

    def test_a_search_of_versions_fills_tags_but_no_aliases(self, store: Store) -> None:
        _make(store)
        store.set_registered_model_alias("net", "best", "1")
        store.set_model_version_tag("net", "1", "seed", "7")

        (found,) = store.search_model_versions()

        assert (found.tags, found.aliases) == ({"seed": "7"}, ())

    def test_versions_come_newest_number_first_and_page_by_page(self, store: Store) -> None:
        _make(store, versions=12)

        def pages(order_by: list[str]) -> list[int]:
            found = iter_pages(
                lambda token: store.search_model_versions(order_by=order_by, max_results=5, page_token=token)
            )
            return [int(version.version) for version in found]

        assert pages([]) == list(range(12, 0, -1))
        assert pages(["version_number"]) == list(range(1, 13))
        assert pages(["run_id", "version_number ASC"]) == list(range(1, 13))
