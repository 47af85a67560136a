from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from runstone.core.errors import InvalidArgument, Unsupported
from runstone.tracking.media.figure import encode_figure

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure
    from PIL import Image
else:
    go, Image = pytest.importorskip("plotly.graph_objects"), pytest.importorskip("PIL.Image")
    Figure = pytest.importorskip("matplotlib.figure").Figure


@pytest.fixture
def figure() -> Figure:
    figure = Figure(figsize=(2, 1))
    figure.add_subplot().plot([1, 2, 3])
    return figure


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.png", b"\x89PNG"),
        ("dir/a.SVG", b"<?xml"),
        ("a.pdf", b"%PDF"),
        ("a.jpg", b"\xff\xd8"),
        ("a.webp", b"RIFF"),
    ],
)
def test_a_matplotlib_figure_is_written_as_the_extension_says(figure: Figure, name: str, start: bytes) -> None:
    assert encode_figure(figure, name).startswith(start)


def test_save_kwargs_reach_savefig(figure: Figure) -> None:
    data = encode_figure(figure, "a.png", save_kwargs={"dpi": 50})

    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (100, 50)


def test_axes_stand_for_their_figure(figure: Figure) -> None:
    assert encode_figure(figure.axes[0], "a.png") == encode_figure(figure, "a.png")


def test_the_backend_and_the_open_figures_stay_as_they_were() -> None:
    program = (
        "import matplotlib\n"
        "matplotlib.use('svg')\n"
        "import matplotlib.pyplot as plt\n"
        "from runstone.tracking.media.figure import encode_figure\n"
        "from matplotlib.figure import Figure\n"
        "mine = plt.figure()\n"
        "encode_figure(mine, 'a.png'); encode_figure(Figure(), 'a.pdf')\n"
        "assert plt.get_fignums() == [1] and plt.gcf() is mine\n"
        "assert type(mine.canvas).__module__.endswith('backend_svg'), mine.canvas\n"
        "print(matplotlib.get_backend())\n"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "svg"


def test_pyplot_is_not_imported_for_a_figure_made_without_it() -> None:
    program = (
        "import sys\n"
        "from matplotlib.figure import Figure\n"
        "from runstone.tracking.media.figure import encode_figure\n"
        "encode_figure(Figure(), 'a.png')\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_plotly_figure_as_html_holds_its_script() -> None:
    html = encode_figure(go.Figure(go.Scatter(y=[1, 2])), "a.html").decode()

    assert html.rstrip().endswith("</html>")
    assert len(html) > 1_000_000
    assert '<script src="http' not in html


def test_a_plotly_figure_as_json_reads_back() -> None:
    data = json.loads(encode_figure(go.Figure(go.Scatter(y=[1, 2])), "a.json"))

    assert data["data"][0]["type"] == "scatter"


def test_a_plotly_figure_as_an_image_needs_kaleido(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kaleido", None)

    with pytest.raises(Unsupported, match=r"needs the package kaleido.*log it as \.html"):
        encode_figure(go.Figure(), "a.png")


def test_a_chart_that_can_give_html_and_json_is_taken() -> None:
    class Chart:
        def to_html(self, scale: int = 1) -> str:
            return f"<html>{scale}</html>"

        def to_json(self) -> str:
            return "{}"

    assert encode_figure(Chart(), "a.html", save_kwargs={"scale": 2}) == b"<html>2</html>"
    assert encode_figure(Chart(), "a.json") == b"{}"
    with pytest.raises(InvalidArgument, match=r"as \.html or \.json"):
        encode_figure(Chart(), "a.png")


@pytest.mark.parametrize("value", [None, "figure", 3, np.zeros(3), Figure, io], ids=lambda value: str(type(value)))
def test_what_is_no_figure_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument, match="must be a matplotlib or plotly Figure"):
        encode_figure(value, "a.png")


@pytest.mark.parametrize("name", ["figure", "a.qqq", "a." + "q" * 10_000])
def test_a_name_without_a_known_extension_is_refused(figure: Figure, name: str) -> None:
    for value in (figure, go.Figure()):
        with pytest.raises(InvalidArgument, match=r"extension|does not write") as caught:
            encode_figure(value, name)
        assert len(str(caught.value)) < 300
