"""How a run shows itself: as a line, as a card in a terminal, as a table in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runstone.core.clock import to_datetime
from runstone.core.entities.params import param_text

if TYPE_CHECKING:
    from runstone.core.entities.runs import Run

_MOST = 50
"""Lines of one kind that are shown, and"""
_LONGEST = 80
"""characters of one value."""
_OURS = ("mlflow.", "runstone.")

_STYLE = "text-align:left;vertical-align:top"


def as_line(run: Run) -> str:
    """Return what tells a run from others, in one line."""
    info = run.info
    metrics = ", ".join(f"{key}={summary.last:.6g}" for key, summary in list(run.metrics.items())[:5])
    more = ", …" if len(run.metrics) > 5 else ""
    return f"<Run {info.run_name!r} id={info.run_id} status={info.status} metrics: {metrics or 'none'}{more}>"


def as_card(run: Run) -> str:
    """Return a run as lines for a terminal."""
    lines = [_printable(f"{run.info.run_name}  {run.info.status}")]
    for heading, rows in _sections(run):
        width = min(max((len(name) for name, _ in rows), default=0), 40)
        lines += ["", heading] if heading else []
        lines += [_printable(f"  {name:<{width}}  {value}") for name, value in rows]
    return "\n".join(lines)


def as_html(run: Run) -> str:
    """Return a run as a table for a notebook; every text in it is escaped."""
    from html import escape

    rows = []
    for heading, pairs in _sections(run):
        if heading:
            rows.append(f'<tr><th colspan="2" style="{_STYLE}">{escape(heading)}</th></tr>')
        rows += [
            f'<tr><td style="{_STYLE}">{escape(name)}</td><td style="{_STYLE}">{escape(value)}</td></tr>'
            for name, value in pairs
        ]
    caption = f'<caption style="text-align:left"><b>{escape(run.info.run_name)}</b> {run.info.status}</caption>'
    return f"<table>{caption}{''.join(rows)}</table>"


def _sections(run: Run) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return headings with rows of two texts below each; what there is none of is left out."""
    info = run.info
    facts = [("run id", info.run_id), ("experiment id", info.experiment_id)]
    facts.append(("started", f"{to_datetime(info.start_time):%Y-%m-%d %H:%M:%S} UTC"))
    if info.end_time is not None:
        facts.append(("took", f"{(info.end_time - info.start_time) / 1000:,.1f} s"))
    if info.status_reason is not None:
        facts.append(("reason", info.status_reason))
    tags = {key: value for key, value in run.tags.items() if not key.startswith(_OURS)}
    kinds = {
        "params": [(key, param_text(value)) for key, value in run.params.items()],
        "metrics": [
            (key, f"{summary.last:.6g}  (min {summary.min:.6g}, max {summary.max:.6g}, {summary.count:,} points)")
            for key, summary in run.metrics.items()
        ],
        "tags": list(tags.items()),
        "datasets": [
            (each.dataset.name, f"{each.dataset.digest}  {' '.join(tag.value for tag in each.tags)}".rstrip())
            for each in run.inputs.dataset_inputs
        ],
    }
    return [("", facts), *((kind, _cut(rows)) for kind, rows in kinds.items() if rows)]


def _cut(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    shown = [(name, value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…") for name, value in rows[:_MOST]]
    return shown if len(rows) <= _MOST else [*shown, ("…", f"{len(rows) - _MOST:,} more")]


def _printable(text: str) -> str:
    """Return a text that cannot move the cursor of a terminal."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)
