"""Figures of plotting libraries as files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import util
from typing import Any

from runstone.core.errors import InvalidArgument, Unsupported
from runstone.tracking.media.encoded import clip, comes_from, suffix_of, type_name

_PLOTLY_IMAGES = (".png", ".jpg", ".jpeg", ".webp", ".svg", ".pdf")


def encode_figure(figure: object, filename: str, *, save_kwargs: Mapping[str, Any] | None = None) -> bytes:
    """Encode a figure in the format that a file name's extension says.

    Args:
        figure: A matplotlib Figure (or what has one, such as Axes or a seaborn grid): any format its canvas
            writes. A plotly Figure: ``.html`` (plotly's script inside, so that it opens offline), ``.json``,
            and image formats where kaleido is installed. A chart with ``to_html`` and ``to_json``, such as
            Altair's: these two formats.
        filename: The artifact's path or name.
        save_kwargs: More arguments for the library's own function that writes this format.

    Raises:
        InvalidArgument: Another type, or a format that the library does not write.
        Unsupported: A plotly figure as an image without kaleido.
    """
    suffix = suffix_of(filename)
    if not suffix:
        raise InvalidArgument(
            f"a figure's name needs an extension that tells the format, such as .png or .html: {clip(filename)!r}",
            field="artifact_file",
        )
    options = dict(save_kwargs or {})
    if comes_from(figure, "plotly"):
        return _encode_plotly(figure, suffix, options)
    if (canvas_owner := _matplotlib_figure(figure)) is not None:
        return _encode_matplotlib(canvas_owner, suffix, options)
    if not isinstance(figure, type) and callable(getattr(figure, "to_html", None)):
        return _encode_by_methods(figure, suffix, options)
    raise InvalidArgument(
        "figure must be a matplotlib or plotly Figure, or a chart with to_html() such as Altair's, "
        f"not {type_name(figure)}",
        field="figure",
    )


def _matplotlib_figure(figure: object) -> Any:
    for candidate in (figure, getattr(figure, "figure", None)):
        if comes_from(candidate, "matplotlib") and callable(getattr(candidate, "savefig", None)):
            return candidate
    return None


def _encode_matplotlib(figure: Any, suffix: str, options: dict[str, Any]) -> bytes:
    from matplotlib.backend_bases import FigureCanvasBase

    # The figure's own canvas may know fewer: that of the backend "svg" knows .svg only.
    formats = {*FigureCanvasBase.get_supported_filetypes(), *figure.canvas.get_supported_filetypes()}
    if suffix[1:] not in formats:
        known = ", ".join(f".{name}" for name in sorted(formats))
        raise InvalidArgument(f"matplotlib does not write {clip(suffix)!r}; it writes {known}", field="artifact_file")
    buffer = io.BytesIO()
    # Figure.savefig borrows the canvas for the format and gives it back; pyplot and its backend take no part.
    figure.savefig(buffer, **{"format": suffix[1:], **options})
    return buffer.getvalue()


def _encode_plotly(figure: Any, suffix: str, options: dict[str, Any]) -> bytes:
    if suffix in (".html", ".json"):
        return _encode_by_methods(figure, suffix, options)
    if suffix not in _PLOTLY_IMAGES:
        raise InvalidArgument(
            f"plotly does not write {clip(suffix)!r}; it writes .html, .json, {', '.join(_PLOTLY_IMAGES)}",
            field="artifact_file",
        )
    if util.find_spec("kaleido") is None:
        raise Unsupported(
            f"a plotly figure as {suffix} needs the package kaleido: pip install kaleido, or log it as .html"
        )
    return bytes(figure.to_image(**{"format": suffix[1:], **options}))


def _encode_by_methods(figure: Any, suffix: str, options: dict[str, Any]) -> bytes:
    method = {".html": "to_html", ".json": "to_json"}.get(suffix, "")
    if not callable(getattr(figure, method, None)):
        raise InvalidArgument(
            f"{type_name(figure)} can be logged as .html or .json, not {clip(suffix)!r}",
            field="artifact_file",
        )
    return str(getattr(figure, method)(**options)).encode("utf-8")
