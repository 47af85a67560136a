"""The reference says everything that there is, and what it says is what the source says now."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import runstone
from runstone.cli.main import TABLE
from runstone.store.search import vocabulary

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_generated_pages_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_every_public_name_is_documented() -> None:
    index = (REFERENCE / "python" / "README.md").read_text("utf-8")
    functions = (REFERENCE / "python" / "fluent.md").read_text("utf-8")

    missing = [name for name in runstone.__all__ if f"| `{name}` |" not in index and f"| [`{name}`](" not in index]
    linked = re.findall(r"\[`(\w+)`\]\(fluent\.md#", index)

    assert missing == []
    assert [name for name in linked if f"\n### {name}\n" not in functions] == []


def test_every_public_method_of_the_client_is_documented() -> None:
    page = (REFERENCE / "python" / "client.md").read_text("utf-8")

    assert [name for name in dir(runstone.Client) if name[0] != "_" and f"\n## {name}\n" not in page] == []


def test_every_command_is_documented() -> None:
    page = (REFERENCE / "command-line.md").read_text("utf-8")

    assert [name for name in TABLE if f"\n## runstone {name}\n" not in page] == []


def test_every_attribute_statistic_and_entity_that_filters_know_is_documented() -> None:
    page = (REFERENCE / "filter-language.md").read_text("utf-8")
    nouns = (
        vocabulary.RUNS,
        vocabulary.EXPERIMENTS,
        vocabulary.REGISTERED_MODELS,
        vocabulary.MODEL_VERSIONS,
        vocabulary.LOGGED_MODELS,
    )
    attributes = {spelling for noun in nouns for spelling in noun.attributes}
    plain = {*attributes, *vocabulary.STATISTICS, *vocabulary.DATASET_KEYS}

    assert sorted(name for name in plain if f"`{name}`" not in page) == []
    assert sorted(name for name in vocabulary.ENTITIES if f"`{name}." not in page) == []
