"""What one principal may do, asked by the ids in a request."""

from __future__ import annotations

from collections.abc import Iterable

from runstone.core.entities.team import Role
from runstone.core.errors import NotFound
from runstone.server.access.names import Names
from runstone.server.access.principal import Principal, denied
from runstone.store.protocol import Store

_MODEL = "m-"


class Gate:
    """The questions that rules ask.  Who holds a role on everything is answered without a look at the store."""

    def __init__(self, principal: Principal, names: Names, store: Store) -> None:
        self.principal = principal
        self.store = store
        self._names = names

    def everywhere(self, role: Role) -> None:
        """Ask for a role on everything.

        Raises:
            PermissionDenied.
        """
        if not self.principal.may_everywhere(role):
            raise denied(self.principal, role, "everything")

    def somewhere(self, role: Role) -> None:
        """Ask for a role on anything.

        Raises:
            PermissionDenied.
        """
        if not self.principal.may_somewhere(role):
            raise denied(self.principal, role, "some experiment or model")

    def experiment_named(self, role: Role, name: str) -> None:
        """Ask for a role on an experiment that may not exist yet.

        Raises:
            PermissionDenied.
        """
        if not self.principal.may(role, "experiment", str(name)):
            raise denied(self.principal, role, f"experiment {str(name)[:100]!r}")

    def experiment(self, role: Role, experiment_id: str) -> None:
        """Ask for a role on an experiment.

        Raises:
            PermissionDenied, NotFound.
        """
        if not self.principal.may_everywhere(role):
            self.experiment_named(role, self._names.experiment(experiment_id))

    def run(self, role: Role, run_id: str) -> None:
        """Ask for a role on the experiment of a run.

        Raises:
            PermissionDenied, NotFound.
        """
        if not self.principal.may_everywhere(role):
            self.experiment_named(role, self._names.experiment_of_run(run_id))

    def model(self, role: Role, model_id: str) -> None:
        """Ask for a role on the experiment of a logged model.

        Raises:
            PermissionDenied, NotFound.
        """
        if not self.principal.may_everywhere(role):
            self.experiment_named(role, self._names.experiment_of_model(model_id))

    def owner(self, role: Role, owner_id: str) -> None:
        """Ask for a role on the experiment of a run or logged model.

        Raises:
            PermissionDenied, NotFound.
        """
        (self.model if str(owner_id).startswith(_MODEL) else self.run)(role, owner_id)

    def registered(self, role: Role, name: str) -> None:
        """Ask for a role on a registered model.

        Raises:
            PermissionDenied.
        """
        if not self.principal.may(role, "model", str(name)):
            raise denied(self.principal, role, f"registered model {str(name)[:100]!r}")

    def myself(self, name: str) -> None:
        """Ask for being the user of this name, or the admin of everything.

        Raises:
            PermissionDenied.
        """
        if self.principal.limits or self.principal.name != name:
            self.everywhere("admin")

    def sees_experiment(self, experiment_id: str) -> bool:
        """Say whether an experiment may be seen."""
        principal = self.principal
        return principal.may_everywhere("viewer") or principal.may(
            "viewer", "experiment", self._names.experiment(experiment_id)
        )

    def sees_run(self, run_id: str) -> bool:
        """Say whether a run may be seen; nobody sees one that there is not."""
        if self.principal.may_everywhere("viewer"):
            return True
        try:
            return self.principal.may("viewer", "experiment", self._names.experiment_of_run(run_id))
        except NotFound:
            return False

    def visible(self, experiment_ids: Iterable[str]) -> list[str]:
        """Return those of some experiments that may be seen.

        Raises:
            NotFound: One does not exist.
        """
        return [experiment_id for experiment_id in experiment_ids if self.sees_experiment(experiment_id)]

    def renamed(self) -> None:
        """Note that names have changed."""
        self._names.forget_names()
