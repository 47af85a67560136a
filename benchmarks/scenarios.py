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

_SINGLE_FIGURES = (
    Figure("one_ms", "1 client, ms"),
    Figure("one_p99_ms", "p99, ms"),
    Figure("many_per_s", "16 clients, calls/s", "higher"),
    Figure("many_p50_ms", "p50, ms"),
    Figure("many_p99_ms", "p99, ms"),
)

SERVER = (
    Scenario(
        "server_start",
        "Server: start, and at rest",
        (
            Figure("start_s", "until it answers, s"),
            Figure("processes", "processes"),
            Figure("rss_mib", "RSS of all, MiB"),
            Figure("pss_mib", "PSS of all, MiB"),
            Figure("idle_percent", "CPU at rest, %"),
        ),
        rounds=2,
    ),
    Scenario(
        "server_single",
        "Server: a metric a request, by MLflow's client (16: 4 threads in each of 4 processes on the same CPUs)",
        (*_SINGLE_FIGURES, Figure("errors", "errors")),
        rounds=2,
        arguments=("real",),
    ),
    Scenario(
        "server_single",
        "Server: a metric a request, the same bytes from connections that do nothing else",
        (
            *_SINGLE_FIGURES,
            Figure("cpu_ms", "server CPU, ms a call"),
            Figure("errors", "errors"),
            Figure("pss_mib", "PSS afterwards, MiB"),
        ),
        rounds=3,
        arguments=("light",),
    ),
    Scenario(
        "server_ingest",
        "Server: ingest of journals, by our client on the same CPUs",
        (
            Figure("one_per_s", "1 client, points/s", "higher"),
            Figure("one_per_core_s", "per core", "higher"),
            Figure("many_per_s", "16 clients, points/s", "higher"),
            Figure("many_per_core_s", "per core", "higher"),
            Figure("records_per_s", "1 client, single points, points/s", "higher"),
            Figure("records_per_core_s", "per core", "higher"),
        ),
        rounds=2,
    ),
    Scenario(
        "server_search",
        "Server: search over 10,000 runs × 20 params × 20 metrics, and a series of 100,000 points",
        (
            Figure("native_filter_ms", "our client: filter, order, first 100, ms"),
            Figure("native_page_ms", "newest 100, ms"),
            Figure("native_history_ms", "series, ms"),
            Figure("api_filter_ms", "MLflow's API: filter, order, first 100, ms"),
            Figure("api_page_ms", "newest 100, ms"),
            Figure("api_history_ms", "series, ms"),
            Figure("client_filter_ms", "MLflow's client: filter, order, first 100, ms"),
            Figure("client_history_ms", "series, ms"),
        ),
        rounds=2,
    ),
    Scenario(
        "server_chart",
        "Server: a chart of 100 runs",
        (
            Figure("long_ms", "1,000,000 points each, 1,000 wanted, JSON, ms"),
            Figure("long_packed_ms", "as MessagePack, ms"),
            Figure("short_ms", "10,000 points each, 320 wanted, ms"),
            Figure("interval_ms", "the same by MLflow's call, ms"),
        ),
        rounds=1,
    ),
    Scenario(
        "server_artifacts",
        "Server: artifacts, 1 GiB and 2,000 files of 4 KiB (floor: hash and copy in this machine)",
        (
            Figure("native_big_in_s", "our client: 1 GiB in, s"),
            Figure("native_big_out_s", "out, s"),
            Figure("native_small_in_s", "2,000 files in, s"),
            Figure("native_small_out_s", "out, s"),
            Figure("client_big_in_s", "MLflow's client: 1 GiB in, s"),
            Figure("client_big_out_s", "out, s"),
            Figure("client_small_in_s", "2,000 files in, s"),
            Figure("client_small_out_s", "out, s"),
        ),
        rounds=2,
    ),
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

_TABLE_FIGURES = (
    Figure("rows_ms", "first rows, ms"),
    Figure("interactive_ms", "interactive, ms"),
    Figure("script_kib", "scripts, KiB compressed"),
    Figure("heap_mib", "heap, MiB"),
    Figure("frame_ms", "frame while scrolling, ms"),
    Figure("frame_p99_ms", "p99, ms"),
)

WEB = (
    Scenario(
        "web_table",
        "Web: a workspace of 10,000 runs with 20 params and 20 metrics each (MLflow shows 100 of them at a time)",
        _TABLE_FIGURES,
        rounds=1,
        arguments=("10000",),
    ),
    Scenario(
        "web_table",
        "Web: a workspace of 100,000 runs",
        _TABLE_FIGURES,
        rounds=1,
        arguments=("100000",),
    ),
    Scenario(
        "web_chart",
        "Web: a chart of 100 runs of 1,000,000 points (MLflow: of 10,000, of which its page draws 10 runs)",
        (
            Figure("chart_ms", "first chart, ms"),
            Figure("interactive_ms", "interactive, ms"),
            Figure("zoom_ms", "zoomed and drawn finer, ms"),
            Figure("hover_frame_ms", "frame under the cursor, ms"),
            Figure("hover_frame_p99_ms", "p99, ms"),
            Figure("pan_frame_ms", "frame while panning, ms"),
            Figure("pan_frame_p99_ms", "p99, ms"),
        ),
        rounds=1,
    ),
)
"""What a browser measures of the pages."""
