"""Tags that the program's launcher hands over, as MLflow's does: JSON in MLFLOW_RUN_CONTEXT."""

from __future__ import annotations

import os

from runstone.core.errors import InvalidArgument


def capture_launcher() -> dict[str, str]:
    """Return the launcher's tags.

    Raises:
        InvalidArgument: The variable does not hold a JSON object.
    """
    text = os.environ.get("MLFLOW_RUN_CONTEXT")
    if not text:
        return {}
    import msgspec

    try:
        tags = msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InvalidArgument(f"MLFLOW_RUN_CONTEXT must hold a JSON object of tags: {error}") from error
    return {key: value if isinstance(value, str) else str(value) for key, value in tags.items()}
