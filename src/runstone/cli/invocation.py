"""What one call of the command line is about: which store, and how to speak."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from runstone.store.protocol import Store
    from runstone.tracking.session import Session

_F = TypeVar("_F", bound=Callable[..., Any])
_G = TypeVar("_G", bound=click.Group)


class Invocation:
    """The options that every command has, and the store they lead to."""

    def __init__(self) -> None:
        self.store_uri: str | None = None
        self.as_json = False
        self.no_color = False
        self.quiet = False
        self._session: Session | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches standard output."""
        return (
            not self.as_json
            and os.environ.get("TERM") != "dumb"
            and (sys.stdout.isatty() or "FORCE_COLOR" in os.environ)
        )

    @property
    def has_color(self) -> bool:
        """Whether to colour standard output (see no-color.org and force-color.org)."""
        return self.is_terminal and not self.no_color and not os.environ.get("NO_COLOR")

    def print(self, text: str = "") -> None:
        """Write a line or more of results."""
        click.echo(text, color=self.has_color)

    def note(self, text: str) -> None:
        """Say something about the results, to standard error."""
        from runstone.cli.text import clean

        if not self.quiet:
            click.echo("\n".join(clean(line) for line in text.split("\n")), err=True)

    def print_json(self, value: object) -> None:
        """Write results as JSON, indented; NaN and infinities are null."""
        from runstone.cli.json_text import to_json

        click.echo(to_json(value))

    def session(self) -> Session:
        """Return the session of the store, which is made when first written to."""
        if self._session is None:
            from runstone.core.settings import load
            from runstone.tracking.location import locate
            from runstone.tracking.session import Session, current_location

            location = current_location() if self.store_uri is None else locate(self.store_uri, "given by --store")
            self._session = Session(location, load())
            click.get_current_context().find_root().call_on_close(self._session.close)
        return self._session

    def has_store(self) -> bool:
        """Say whether there is something to read, without making it."""
        from runstone.journal.reader import iter_journals
        from runstone.store.open import check_place, database_path

        session = self.session()
        path = database_path(session.location.uri)
        if path is None:
            return True
        check_place(path)
        return path.exists() or next(iter_journals(session.journal_root), None) is not None

    def reading(self, empty: object = None) -> Session:
        """Return the session of a store that exists, with what dead processes left in it brought in.

        Where there is no store none is made: listings say so and end well, with ``empty`` as their JSON.

        Args:
            empty: What the command prints as JSON when there is nothing; None if it cannot do without a store.

        Raises:
            NotFound: There is no store and the command cannot do without one.
        """
        session = self.session()
        if not self.has_store():
            self._no_store(session, empty)
        self.pick_up(session)
        return session

    def reading_store(self, empty: object = None) -> Store:
        """Return the store of :meth:`reading`."""
        return self.reading(empty).store

    def pick_up(self, session: Session) -> None:
        """Bring in what dead processes left, so that their runs show as lost; trouble with that stops no reading."""
        from runstone.core.errors import RunstoneError
        from runstone.journal.reader import iter_journals

        try:
            has_journals = next(iter_journals(session.journal_root), None) is not None
            if has_journals or session.store.count_runs(None, filter="status = 'RUNNING'"):
                with warnings_shown_otherwise():
                    session.pick_up()
        except RunstoneError as error:
            import logging

            logging.getLogger("runstone").debug("what dead processes left was not brought in: %s", error)

    def _no_store(self, session: Session, empty: object) -> NoReturn:
        from runstone.core.errors import NotFound

        location = session.location
        message = (
            f"no runs yet: there is no store at {location.uri} ({location.reason}). Log something with "
            "runstone.start_run() in Python, or try `runstone demo`"
        )
        if empty is None:
            raise NotFound(message)
        if self.as_json:
            self.print_json(empty)
        self.note(message)
        raise click.exceptions.Exit(0)


@contextmanager
def warnings_shown_otherwise() -> Iterator[None]:
    """Keep warnings out of the log: a command prints what they are about."""
    import logging  # a command that reads nothing does without

    log = logging.getLogger("runstone")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def shared(function: _F) -> _F:
    """Give a command the options that every command has, and the invocation as its first argument."""
    for option in reversed(shared_options()):
        function = option(function)
    passed: _F = click.make_pass_decorator(Invocation, ensure=True)(function)  # type: ignore[assignment]  # one argument less
    return passed


def shared_by_group(group: _G) -> _G:
    """Let the options that every command has stand before the names of a group's commands, too."""
    for option in shared_options():
        option(group)
    return group


def shared_options() -> list[Callable[[Any], Any]]:
    """Return the options that may stand before and after a command's name."""
    return [
        _option(
            "--store",
            "store_uri",
            metavar="URI",
            shell_complete=_folders,
            help="The store: a folder, sqlite: or postgresql: URI.",
        ),
        _option("--json", "as_json", is_flag=True, help="Print JSON; numbers that are not finite are null."),
        _option("--no-color", "no_color", is_flag=True, help="Print without colours."),
        _option("-q", "--quiet", "quiet", is_flag=True, help="Leave out hints and progress."),
    ]


def _folders(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """Let the shell propose folders."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="dir")]


def _option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    def take(context: click.Context, parameter: click.Parameter, value: Any) -> None:
        # Left out is None or False; an empty --store was given, and is refused where it is opened.
        if value is not None and value is not False:
            setattr(context.ensure_object(Invocation), str(parameter.name), value)
        else:
            context.ensure_object(Invocation)

    return click.option(*names, expose_value=False, callback=take, **settings)
