"""``@track``: a whole function as a run."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from runstone.core.errors import InvalidArgument
from runstone.core.flatten import flatten
from runstone.tracking import active
from runstone.tracking.active import ActiveRun

F = TypeVar("F", bound=Callable[..., Any])

_PLAIN = (bool, int, float, str, type(None), list, tuple, Mapping)


@overload
def track(function: F) -> F: ...
@overload
def track(
    function: None = None,
    *,
    experiment: str | None = None,
    run_name: str | None = None,
    tags: Mapping[str, Any] | None = None,
    log_arguments: bool = True,
    log_result: bool = True,
) -> Callable[[F], F]: ...
def track(
    function: F | None = None,
    *,
    experiment: str | None = None,
    run_name: str | None = None,
    tags: Mapping[str, Any] | None = None,
    log_arguments: bool = True,
    log_result: bool = True,
) -> F | Callable[[F], F]:
    """Make each call of a function a run, nested where one is active.

    Args:
        function: The function, plain or async; a generator function is refused.
        experiment: Where its runs go.
        run_name: Their name; the function's if None.
        tags: Their tags.
        log_arguments: Record plain arguments (numbers, texts, lists, dicts) as params.
        log_result: Record a result that is a dict of numbers as metrics.

    Raises:
        InvalidArgument: The function is a generator function, whose body does not run when it is called.

    Example::

        @runstone.track(experiment="demo")
        def train(lr=0.1, epochs=3):
            return {"loss": 0.5}
    """

    def decorate(wrapped: F) -> F:
        if inspect.isgeneratorfunction(wrapped) or inspect.isasyncgenfunction(wrapped):
            raise InvalidArgument(f"cannot track the generator function {wrapped.__qualname__}; track its caller")
        signature = inspect.signature(wrapped)

        def begin(args: tuple[Any, ...], kwargs: dict[str, Any]) -> ActiveRun:
            params = _plain_arguments(signature, args, kwargs) if log_arguments else {}
            name = run_name or wrapped.__name__
            nested = bool(active.current())
            return active.begin(experiment=experiment, run_name=name, nested=nested, tags=tags, params=params)

        def note(run: ActiveRun, result: Any) -> None:
            if log_result and isinstance(result, Mapping):
                for key, value in flatten(result, "/").items():
                    if _is_number(value):
                        run.writer.log_metric(key, value)

        if inspect.iscoroutinefunction(wrapped):

            @functools.wraps(wrapped)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                with begin(args, kwargs) as run:
                    result = await wrapped(*args, **kwargs)
                    note(run, result)
                    return result

            return call_async  # type: ignore[return-value]  # functools.wraps keeps the signature

        @functools.wraps(wrapped)
        def call(*args: Any, **kwargs: Any) -> Any:
            with begin(args, kwargs) as run:
                result = wrapped(*args, **kwargs)
                note(run, result)
                return result

        return call  # type: ignore[return-value]  # functools.wraps keeps the signature

    return decorate if function is None else decorate(function)


def _plain_arguments(signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError:
        # The call itself raises the same, in the words the caller knows.
        return {}
    bound.apply_defaults()
    return {name: value for name, value in bound.arguments.items() if isinstance(value, _PLAIN) or _is_scalar(value)}


def _is_number(value: Any) -> bool:
    scalar = value.item() if _is_scalar(value) else value
    return isinstance(scalar, (int, float)) and not isinstance(scalar, bool)


def _is_scalar(value: Any) -> bool:
    """Say whether this is a single value of NumPy's or a tensor of one; a table or an array is not."""
    return getattr(value, "shape", None) == () and hasattr(value, "item")
