"""What is measured."""

from __future__ import annotations

from benchmarks.harness import Figure, Scenario

WALL = Figure("wall_ms", "wall, ms")
PEAK = Figure("peak_mib", "peak, MiB")

SCENARIOS = (
    Scenario(
        "log_call",
        "A scalar log call",
        (
            Figure("all_in_us", "a call, final flush included, µs"),
            Figure("p50_us", "p50, µs"),
            Figure("p99_us", "p99, µs"),
        ),
    ),
    Scenario("import", "Import", (WALL, PEAK), warm=True, rounds=9),
    Scenario(
        "smallest",
        "The smallest program: start a run, 10 params, 10 metrics, end; second time in its folder",
        (WALL, PEAK),
        warm=True,
        rounds=7,
    ),
    Scenario(
        "ingest",
        "Sustained ingest into the local store, all flushed",
        (Figure("points_per_s", "points/s", "higher"), Figure("bytes_per_point", "bytes a point on disk")),
        rounds=3,
    ),
    Scenario(
        "history",
        "Reading back",
        (
            Figure("one_ms", "one series of 100,000 points, ms"),
            Figure("many_ms", "100 runs × 10,000 points, ms"),
        ),
        rounds=3,
    ),
    Scenario(
        "search",
        "Search over 10,000 runs × 20 params × 20 metrics",
        (
            Figure("filter_ms", "filter, order by a metric, first 100, ms"),
            Figure("page_ms", "first page of 100, ms"),
            Figure("table_ms", "all to pandas, ms"),
        ),
        rounds=1,
        arguments=("10000",),
    ),
    Scenario(
        "artifacts",
        "Artifacts",
        (
            Figure("big_s", "one file of 1 GiB, s"),
            Figure("small_s", "20,000 files of 4 KiB, s"),
        ),
        rounds=3,
    ),
    Scenario("cli_version", "Command start: --version", (WALL, PEAK), warm=True, rounds=7),
    Scenario("cli_list", "Command start: runs list", (WALL, PEAK), warm=True, rounds=7),
)

_LARGE_FIGURES = (
    Figure("filter_ms", "filter, order by a metric, ms"),
    Figure("page_ms", "newest, ms"),
    Figure("sort_ms", "order by a metric, ms"),
    Figure("text_ms", "order by a text, ms"),
    Figure("rare_ms", "rare value, ms"),
    Figure("or_ms", "OR, ms"),
    Figure("mean_ms", "mean of a metric, ms"),
    Figure("like_ms", "LIKE, ms"),
    Figure("none_ms", "AND of four, none found, ms"),
)

LARGE = (
    Scenario(
        "search_large",
        "Ours alone: first page of 100 of 100,000 runs × 20 params × 20 metrics",
        _LARGE_FIGURES,
        rounds=1,
        arguments=("100000",),
    ),
    Scenario(
        "search_large",
        "Ours alone: first page of 100 of 1,000,000 runs × 20 params × 20 metrics",
        _LARGE_FIGURES,
        rounds=1,
        arguments=("1000000",),
    ),
)
