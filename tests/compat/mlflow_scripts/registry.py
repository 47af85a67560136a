"""Registered models: versions, aliases, tags, deletion."""

import mlflow
from mlflow import MlflowClient

mlflow.set_experiment("registry")
with mlflow.start_run() as run:
    mlflow.log_text("weights", "model/weights.txt")
source = f"{run.info.artifact_uri}/model"
client = MlflowClient()
client.create_registered_model("forest", tags={"task": "classification"}, description="trees")
first = client.create_model_version("forest", source, run.info.run_id)
second = client.create_model_version("forest", source, run.info.run_id, description="better")
assert (str(first.version), str(second.version)) == ("1", "2")

client.set_registered_model_alias("forest", "champion", "1")
assert str(client.get_model_version_by_alias("forest", "champion").version) == "1"
client.set_registered_model_alias("forest", "champion", "2")
assert str(client.get_model_version_by_alias("forest", "champion").version) == "2"
assert {alias: str(version) for alias, version in client.get_registered_model("forest").aliases.items()} == {
    "champion": "2"
}
client.set_model_version_tag("forest", "2", "validated", "yes")
client.set_registered_model_tag("forest", "owner", "me")
client.update_model_version("forest", "2", "best")
found = client.get_model_version("forest", "2")
assert (found.tags["validated"], found.description, found.run_id) == ("yes", "best", run.info.run_id)
assert client.get_registered_model("forest").tags == {"task": "classification", "owner": "me"}
assert {str(version.version) for version in client.search_model_versions("name = 'forest'")} == {"1", "2"}
assert [model.name for model in client.search_registered_models("name LIKE 'for%'")] == ["forest"]

client.delete_registered_model_alias("forest", "champion")
client.delete_model_version("forest", "1")
assert {str(version.version) for version in client.search_model_versions("name = 'forest'")} == {"2"}
client.rename_registered_model("forest", "woods")
assert client.get_registered_model("woods").name == "woods"
client.delete_registered_model("woods")
assert len(client.search_registered_models()) == 0
