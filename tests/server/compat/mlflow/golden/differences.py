"""Why ours answers otherwise than MLflow: the reasons that steps name."""

from __future__ import annotations

REASONS = {
    "mistake": "MLflow answers 500 to a caller's mistake, and its clients try again for minutes; ours says what is wrong.",
    "half": "MLflow answers 200 and writes what it could read of a request: what is no number becomes 0, what is no list "
    "nothing. Ours refuses a request that it cannot read as a whole.",
    "enumeration": "MLflow takes a name that its enumeration lacks for the default; ours refuses it.",
    "filter": "Filters and orders take more here: OR, NOT, parentheses, LIKE in any case, more attributes and operators.",
    "lax filter": "MLflow takes conditions with no AND between them, or without a key, and ignores part of them.",
    "name": "Names that nobody can read or that no file system takes are refused, the same ones everywhere.",
    "place": "A place with '..' or a query in it is refused.",
    "field": "The code that a missing field has everywhere.",
    "path": "A path with a backslash or a drive letter in it is refused, whatever system the server runs on.",
    "deleted": "Not a 500, which clients would try again: a deleted experiment keeps its name.",
    "taken": "The code that a taken name has everywhere; MLflow tells of the database here.",
    "start": "A run without a start time begins now, not in 1970.",
    "resumed": "A run that runs again has not ended.",
    "experiment": "MLflow's database refuses a run without an experiment; ours says which field is missing.",
    "id": "What cannot be an id is refused; MLflow looks for it.",
    "infinity": "What was logged comes back; MLflow returns the largest number for an infinity.",
    "not json": "NaN and infinities are texts in JSON, as everywhere else in MLflow's API.",
    "no run": "The series of a run that does not exist is an error; MLflow says that it is empty.",
    "camel": "Names of fields are taken in camelCase too, also of those that are required.",
    "model json": "The model is kept as it was sent; MLflow drops what it does not know.",
    "repeat": "To say the same again is no error.",
    "more": "More is answered than by MLflow, which leaves it out.",
    "unset": "What was not given is left out; MLflow answers an empty text.",
    "description": "A description that is taken back is empty, as one that never was.",
    "digest": "Digests may be longer: ours are.",
    "gone": "A model that is deleted already is not found.",
    "in path": "The id stands in the path, and need not be said again.",
    "state": "MLflow compares the name of the state with its number.",
    "dataset": "A dataset without a digest means any digest, as MLflow's documentation has it.",
    "order": "An order by an attribute has nothing to do with a dataset.",
    "immutable": "A param that changes is refused as a run's is; MLflow tells of the database here.",
    "no model": "A logged model that does not exist is not found; MLflow tells of the database here.",
    "no value": "`!=` leaves out what has no value, as everywhere else.",
    "latest": "A model without versions has no alias `latest`, which is answered as for any alias that is absent.",
    "source": "A source says where files are, and nothing here opens it: who may read files that are kept here is asked "
    "when they are read. So a source need not be proved to be of a run, and may be on any host.",
    "registrations": "Which versions are of a logged model is answered as such, too, beside MLflow's tag that says it.",
    "webhook place": "Where a webhook may go is decided when it is delivered, for names come to mean other places.",
    "webhook password": "An address with a password in it is refused: addresses are shown.",
    "webhook order": "Webhooks are listed oldest first.",
    "size": "An empty file has a size.",
    "body": "Every answer but a file is a JSON object; MLflow's are empty, or say `detail`.",
    "page": "What is not there is answered in JSON, so that clients read why.",
    "in parts": "Files are taken in parts wherever bytes are kept, by a server that knows its name (`--allow-host`); by "
    "MLflow where they are in a bucket.",
    "offers": "What the server says of itself is true of it.",
}
"""By name; every one is the reason of some step."""
