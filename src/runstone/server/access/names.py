"""Which experiment a run or model is in, remembered: grants are about names, requests come with ids."""

from __future__ import annotations

import time
from collections.abc import Callable

from runstone.store.protocol import Store

_KEPT = 100_000
_NAMES_S = 5.0
"""How long a name is believed; a rename by another server is seen after that."""


class Names:
    """Answers from memory where it can; safe to use from many threads.

    Args:
        store: The store itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._experiment_ids: dict[str, str] = {}
        self._names: dict[str, tuple[float, str]] = {}

    def experiment_of_run(self, run_id: str) -> str:
        """Return the name of a run's experiment.

        Raises:
            NotFound: No run has this id.
        """
        return self._experiment_of(run_id, lambda: self._store.get_run(run_id).info.experiment_id)

    def experiment_of_model(self, model_id: str) -> str:
        """Return the name of a logged model's experiment.

        Raises:
            NotFound: No model has this id.
        """
        return self._experiment_of(
            model_id, lambda: self._store.get_logged_model(model_id, allow_deleted=True).experiment_id
        )

    def experiment(self, experiment_id: str) -> str:
        """Return an experiment's name.

        Raises:
            NotFound: No experiment has this id.
        """
        believed_until, name = self._names.get(experiment_id, (0.0, ""))
        if time.monotonic() >= believed_until:
            name = self._store.get_experiment(experiment_id).name
            _remember(self._names, experiment_id, (time.monotonic() + _NAMES_S, name))
        return name

    def forget_names(self) -> None:
        """Believe no name any longer."""
        self._names.clear()

    def _experiment_of(self, owner_id: str, ask: Callable[[], str]) -> str:
        experiment_id = self._experiment_ids.get(owner_id)
        if experiment_id is None:
            experiment_id = ask()
            _remember(self._experiment_ids, owner_id, experiment_id)
        return self.experiment(experiment_id)


def _remember(
    known: dict[str, object] | dict[str, str] | dict[str, tuple[float, str]], key: str, value: object
) -> None:
    if len(known) >= _KEPT:
        known.clear()
    known[key] = value  # type: ignore[assignment]  # each of them holds one type
