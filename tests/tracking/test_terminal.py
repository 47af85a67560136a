from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from runstone.core.errors import InvalidArgument
from runstone.tracking.terminal import line_chart, sparkline
from runstone.tracking.terminal.ticks import linear_ticks, log_ticks, short_number, tick_labels
from runstone.tracking.terminal.words import columns

any_floats = st.floats(allow_nan=True, allow_infinity=True)
any_series = st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), any_floats), max_size=30)


def test_sparkline_draws_a_bar_for_each_value() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([-1.0, 1.0], width=10) == "▁█"


def test_sparkline_averages_groups_when_values_outnumber_columns() -> None:
    assert sparkline([0, 0, 7, 7, 0, 0], width=3) == "▁█▁"
    assert len(sparkline(range(1000), width=7)) == 7


def test_sparkline_of_odd_values() -> None:
    assert sparkline([]) == ""
    assert sparkline([3.0, 3.0]) == "▄▄"
    assert sparkline([1, math.nan, 2, math.inf]) == "▁·█·"
    assert sparkline([-1.7e308, 1.7e308]) == "▁█"


def test_a_line_from_corner_to_corner() -> None:
    assert line_chart({"loss": ([0, 10], [0.0, 1.0])}, 24, 4).split("\n") == [
        "1 ┤                ⣀⡠⠔⠒⠉",
        "  │          ⢀⣀⠤⠒⠊⠉",
        "  │     ⣀⡠⠤⠒⠉⠁",
        "0 ┤⣀⠤⠔⠊⠉",
        "  └┬───────────────────┬",
        "   0                  10",
        "loss  last 1",
    ]


def test_the_title_stands_above() -> None:
    assert line_chart({"a": ([0], [1])}, title="my run").startswith("my run\n")


def test_points_may_come_in_any_order() -> None:
    there = line_chart({"a": ([0, 1, 2, 3], [1, 5, 2, 4])})
    back = line_chart({"a": ([3, 1, 0, 2], [4, 5, 1, 2])})

    assert there == back


def test_each_of_several_series_has_a_marker_in_the_plot_and_in_the_legend() -> None:
    chart = line_chart({"rise": ([0, 9], [0, 9]), "fall": ([0, 9], [9, 0])}, 60, 8)
    plot, legend = chart.split("└")

    assert "● rise" in legend
    assert "◆ fall" in legend
    assert plot.split("\n")[0].endswith("●")
    assert plot.split("\n")[7].endswith("◆")


def test_color_gives_rich_markup_with_the_same_drawing() -> None:
    steps, values = range(50), [math.sin(i / 8) for i in range(50)]
    series = {"a": (steps, values)}

    colored = line_chart(series, 60, 8, color=True)

    assert "[cyan]" in colored
    drawing = Text.from_markup(colored).plain.split("\n")[:-1]
    assert [line.rstrip() for line in drawing] == line_chart(series, 60, 8).split("\n")[:-1]


@given(st.text(max_size=30), st.text(alphabet="[]/\\bx=# ", max_size=15))
def test_names_and_titles_show_as_they_are_in_markup(name: str, title: str) -> None:
    shown = Text.from_markup(line_chart({name: ([0], [1])}, 80, color=True, title=f"t{title}")).plain

    if name.isprintable():
        assert f"━━ {name}  last 1" in shown
    assert shown.split("\n")[0].rstrip() == f"t{title}".rstrip()


def test_a_name_cannot_break_the_lines_or_send_control_sequences() -> None:
    chart = line_chart({"evil\n\x1b[31mname": ([0], [1])}, 80, 4)

    assert "\x1b" not in chart
    assert chart.split("\n")[-1] == "evil��[31mname  last 1"


def test_a_long_name_is_cut() -> None:
    last = line_chart({"x" * 10_000: ([0, 1], [1, 2])}, 80).split("\n")[-1]

    assert last == f"{'x' * 47}…  last 2  min 1 at 0  max 2 at 1"


def test_what_cannot_be_drawn_leaves_a_gap_and_is_counted() -> None:
    values = [0.0, 1.0, math.nan, math.nan, 1.0, math.inf, 0.0]

    chart = line_chart({"a": (range(7), values)}, 80, 4)

    assert chart.split("\n")[-1] == "a  last 0  min 0 at 0  max 1 at 1  (2 nan, 1 inf left out)"
    assert " " in chart.split("\n")[0].strip("1.0 ┤").strip()


def test_a_logarithmic_axis_leaves_out_what_is_not_positive() -> None:
    chart = line_chart({"lr": (range(4), [0.1, 0.0, 0.001, -1.0])}, 80, 8, log_y=True)

    assert "(2 ≤ 0 left out)" in chart
    assert [line.split("┤")[0].strip() for line in chart.split("\n") if "┤" in line] == [
        "0.1",
        "0.01",
        "0.001",
    ]


def test_one_point_is_drawn_in_the_middle() -> None:
    lines = line_chart({"a": ([5], [0.25])}, 25, 5).split("\n")

    assert lines[2] == "0.25 ┤         ⠶"
    assert lines[6].strip() == "5"


def test_no_points() -> None:
    assert line_chart({}) == "no points to draw"
    assert line_chart({"a": ([], [])}) == "no points to draw\na  no points"
    assert line_chart({"a": ([0], [math.nan])}) == "no points to draw\na  no points  (1 nan left out)"


def test_more_than_twelve_series_are_summed_up_in_the_legend() -> None:
    chart = line_chart({f"s{i:02}": ([0, 1], [i, i]) for i in range(20)})

    assert chart.split("\n")[-1] == "… and 8 more"


@pytest.mark.parametrize("pair", [([1, 2], [1]), 3, ([1],), (["a"], [1]), None])
def test_a_series_that_is_no_pair_of_equal_length_is_refused(pair: object) -> None:
    with pytest.raises(InvalidArgument, match="series 'loss'"):
        line_chart({"loss": pair})  # type: ignore[dict-item]


@settings(max_examples=200)
@given(st.lists(any_series, max_size=3), st.integers(-5, 130), st.integers(-5, 30), st.booleans(), st.booleans())
def test_any_series_fits_the_width(
    series: list[list[tuple[int, float]]], width: int, height: int, log_y: bool, color: bool
) -> None:
    named = {f"s{i}": ([p[0] for p in points], [p[1] for p in points]) for i, points in enumerate(series)}

    chart = line_chart(named, width, height, log_y=log_y, color=color, title="any")

    plain = Text.from_markup(chart).plain if color else chart
    lines = plain.split("\n")
    assert max(columns(line) for line in lines) <= max(width, 24)
    assert len(lines) <= max(height, 3) + 3 + len(series)


@settings(max_examples=300)
@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(2, 12),
)
def test_linear_ticks_lie_in_the_range_and_are_few(a: float, b: float, most: int) -> None:
    low, high = sorted([a, b])
    if low == high:
        return

    ticks = linear_ticks(low, high, most)

    slack = (high / 2 - low / 2) * 2e-9
    assert all(low - slack <= tick <= high + slack for tick in ticks)
    assert len(ticks) <= most
    assert ticks == sorted(ticks)


def test_ticks_are_round_numbers() -> None:
    assert linear_ticks(0.4, 0.92, 4) == [0.4, 0.6, 0.8]
    assert linear_ticks(0, 1, 11) == [i / 10 for i in range(11)]
    assert linear_ticks(0, 3, 12, whole=True) == [0, 1, 2, 3]
    assert log_ticks(1e-6, 1e-2, 3) == [1e-6, 1e-4, 1e-2]
    assert log_ticks(1, 100, 9) == [1, 2, 5, 10, 20, 50, 100]


def test_labels_of_one_axis_are_written_alike() -> None:
    assert tick_labels([0.0, 0.5, 1.0]) == ["0", "0.5", "1.0"]
    assert tick_labels([0, 25, 50]) == ["0", "25", "50"]
    assert tick_labels([0, 5000, 10000]) == ["0", "5k", "10k"]
    assert tick_labels([1_000_000, 1_500_000]) == ["1.0M", "1.5M"]
    assert tick_labels([1e-6, 2e-6]) == ["1e-6", "2e-6"]
    assert tick_labels([1e20, -1e20, 0]) == ["1e20", "-1e20", "0"]


def test_short_numbers() -> None:
    values = [0.0, -0.0, 0.123456, 1500.0, 9999.5, 999_999.0, -20_000.0, 3.2e-5, 1e300, math.nan, -math.inf]

    assert [short_number(v) for v in values] == [
        "0", "0", "0.1235", "1500", "1e+04", "1M", "-20k", "3.2e-5", "1e300", "nan", "-inf",
    ]  # fmt: skip
