"""What ``runstone demo`` trains: three kinds of model on scikit-learn's handwritten digits.

Each yields its state after every pass over the data, so that there are curves to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from runstone.core.errors import MissingExtra

Params = Mapping[str, Any]


class Digits(NamedTuple):
    """The data, split: images of shape (n, 64) with values from 0 to 1, labels of shape (n,)."""

    train_images: Any
    train_labels: Any
    test_images: Any
    test_labels: Any


class Recipe(NamedTuple):
    """A model to train.

    Attributes:
        name: Its name, which is also its tag.
        params: What it is set to.
        train: Yields the model after each pass, given data, params and seed.
    """

    name: str
    params: dict[str, Any]
    train: Callable[[Digits, Params, int], Iterator[Any]]


def require_packages() -> None:
    """Say at once what is missing.

    Raises:
        MissingExtra: scikit-learn or matplotlib is not installed.
    """
    try:
        import matplotlib
        import sklearn  # noqa: F401  # only whether they are there
    except ImportError as error:
        raise MissingExtra("runstone demo", "demo") from error
    # The figures go to files; a machine without a screen is fine.
    matplotlib.use("Agg")


def load_digits() -> Digits:
    """Return scikit-learn's digits: 1,797 images of 8 by 8, a quarter of them set aside for testing."""
    from sklearn.datasets import load_digits as load
    from sklearn.model_selection import train_test_split

    images, labels = load(return_X_y=True)
    # The split is part of the data, and so the same under every seed.
    train_images, test_images, train_labels, test_labels = train_test_split(
        images / 16.0, labels, test_size=0.25, random_state=0, stratify=labels
    )
    return Digits(train_images, train_labels, test_images, test_labels)


def _train_linear(data: Digits, params: Params, seed: int) -> Iterator[Any]:
    from sklearn.linear_model import SGDClassifier

    model = SGDClassifier(
        loss="log_loss", learning_rate="constant", eta0=params["lr"], alpha=params["alpha"], random_state=seed
    )
    yield from _passes(model, data, params["epochs"], seed)


def _train_network(data: Digits, params: Params, seed: int) -> Iterator[Any]:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        hidden_layer_sizes=tuple(params["hidden"]),
        learning_rate_init=params["lr"],
        alpha=params["alpha"],
        batch_size=params["batch_size"],
        random_state=seed,
    )
    yield from _passes(model, data, params["epochs"], seed)


def _passes(model: Any, data: Digits, epochs: int, seed: int) -> Iterator[Any]:
    import numpy as np

    shuffle = np.random.default_rng(seed)
    labels = np.unique(data.train_labels)
    for _ in range(epochs):
        order = shuffle.permutation(len(data.train_labels))
        model.partial_fit(data.train_images[order], data.train_labels[order], classes=labels)
        yield model


def _train_forest(data: Digits, params: Params, seed: int) -> Iterator[Any]:
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(
        n_estimators=0,
        max_depth=params["max_depth"],
        max_features=params["max_features"],
        warm_start=True,
        random_state=seed,
    )
    for trees in range(params["trees_per_step"], params["trees"] + 1, params["trees_per_step"]):
        model.n_estimators = trees
        yield model.fit(data.train_images, data.train_labels)


RECIPES = (
    Recipe("linear", {"lr": 0.01, "alpha": 1e-4, "epochs": 25}, _train_linear),
    Recipe("network", {"lr": 0.002, "alpha": 1e-4, "epochs": 25, "hidden": [64, 32], "batch_size": 64}, _train_network),
    Recipe("forest", {"trees": 100, "trees_per_step": 5, "max_depth": 12, "max_features": "sqrt"}, _train_forest),
)


def measure(model: Any, data: Digits) -> dict[str, dict[str, float]]:
    """Return loss and accuracy of a model on both parts of the data."""
    from sklearn.metrics import log_loss

    measured = {}
    for part, images, labels in (
        ("train", data.train_images, data.train_labels),
        ("val", data.test_images, data.test_labels),
    ):
        chances = model.predict_proba(images)
        right = model.classes_[chances.argmax(axis=1)] == labels
        measured[part] = {"loss": log_loss(labels, chances, labels=model.classes_), "accuracy": float(right.mean())}
    return measured


def confusion_figure(model: Any, data: Digits) -> Any:
    """Return a matplotlib figure of which digit is taken for which."""
    from matplotlib.figure import Figure
    from sklearn.metrics import ConfusionMatrixDisplay

    # Not by pyplot, which keeps every figure.
    figure = Figure(figsize=(5, 5), layout="constrained")
    display = ConfusionMatrixDisplay.from_predictions(
        data.test_labels, model.predict(data.test_images), ax=figure.subplots(), colorbar=False, cmap="Blues"
    )
    display.ax_.set_title("Digits: which is taken for which")
    return figure
