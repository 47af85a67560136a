"""How runs show themselves, and that nothing in them can take over a page or a terminal."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from runstone.core.entities import DatasetInput, DatasetRecord, MetricSummary, Run, RunInfo
from runstone.core.entities.datasets import InputTag
from runstone.core.entities.runs import RunInputs

SUMMARY = MetricSummary(
    last=0.25,
    last_step=2,
    last_timestamp=5,
    first=1.0,
    first_step=0,
    first_timestamp=1,
    min=0.25,
    max=1.0,
    total=1.75,
    count=3,
    nan_count=0,
)


def make(name: str = "first", text: str = "x") -> Run:
    return Run(
        info=RunInfo(
            run_id="r" * 32,
            run_name=name,
            experiment_id="1",
            status="FAILED",
            status_reason=text,
            start_time=0,
            end_time=1500,
        ),
        params={"lr": 0.1, "text": text},
        metrics={"loss": SUMMARY},
        tags={"team": text, "mlflow.user": "somebody"},
        inputs=RunInputs(
            dataset_inputs=(
                DatasetInput(
                    dataset=DatasetRecord(name=text, digest="d1", source_type="code", source="{}"),
                    tags=(InputTag("mlflow.data.context", "train"),),
                ),
            )
        ),
    )


def test_terminal_shows_what_defines_a_run() -> None:
    assert str(make()).splitlines() == [
        "first  FAILED",
        "  run id         " + "r" * 32,
        "  experiment id  1",
        "  started        1970-01-01 00:00:00 UTC",
        "  took           1.5 s",
        "  reason         x",
        "",
        "params",
        "  lr    0.1",
        "  text  x",
        "",
        "metrics",
        "  loss  0.25  (min 0.25, max 1, 3 points)",
        "",
        "tags",
        "  team  x",
        "",
        "datasets",
        "  x  d1  train",
    ]


def test_a_list_of_runs_is_a_line_each() -> None:
    assert repr([make()]) == f"[<Run 'first' id={'r' * 32} status=FAILED metrics: loss=0.25>]"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


@given(st.text() | st.sampled_from(["<script>alert(1)</script>", "</td><img src=x onerror=y>", '"><b>', "&lt;i&gt;"]))
def test_no_text_of_a_run_becomes_markup(text: str) -> None:
    parser = Tags()

    parser.feed(make(text, text)._repr_html_())

    assert parser.found == {"table", "caption", "b", "tr", "th", "td"}


@given(st.text() | st.sampled_from(["\x1b[2J", "\x9b2J", "\u202e", "a\nb"]))
def test_no_text_of_a_run_moves_the_cursor(text: str) -> None:
    assert all(line.isprintable() for line in str(make(text, text)).split("\n"))
    assert len(str(make(text, text)).split("\n")) == 19
    assert repr(make(text)).isprintable()


def test_long_values_and_many_of_them_are_cut() -> None:
    run = Run(info=make().info, params={f"p{number:03}": "v" * 1000 for number in range(60)})

    lines = str(run).splitlines()

    assert lines[-1].split() == ["…", "10", "more"]
    assert max(map(len, lines)) < 130


def test_a_run_is_pairs_for_dict_as_in_mlflow() -> None:
    run = make()

    assert dict(run.info)["run_name"] == "first"
    assert dict(run).keys() == {"info", "data", "inputs", "outputs"}
    assert run.to_dictionary()["data"] == {
        "params": {"lr": "0.1", "text": "x"},
        "metrics": {"loss": 0.25},
        "tags": run.tags,
    }
