"""What is noted on a run without asking, and how a program overrides it."""

import mlflow

mlflow.set_experiment("tags")
with mlflow.start_run(description="a note on this run", tags={"team": "vision"}) as run:
    mlflow.set_tags({"release": "1.0", "priority": 1})
    mlflow.set_tag("gone", "soon")
    mlflow.delete_tag("gone")

tags = mlflow.get_run(run.info.run_id).data.tags
assert tags["mlflow.note.content"] == "a note on this run"
assert tags["mlflow.runName"] == run.info.run_name
assert tags["mlflow.source.type"] == "LOCAL"
assert tags["mlflow.source.name"].endswith(".py")
assert tags["mlflow.user"] == run.info.user_id != ""
assert (tags["team"], tags["release"], tags["priority"]) == ("vision", "1.0", "1")
assert "gone" not in tags

mlflow.set_experiment_tag("owner", "me")
assert mlflow.get_experiment_by_name("tags").tags["owner"] == "me"
with mlflow.start_run(run_id=run.info.run_id):
    mlflow.set_tag("mlflow.runName", "renamed")
assert mlflow.get_run(run.info.run_id).info.run_name == "renamed"
