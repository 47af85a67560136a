"""The real MLflow client registers models with our server, saves them there, and loads them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.compat.mlflow.conftest import RunClient

REGISTRY = """
import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
model = client.create_registered_model("fraud model", tags={"team": "a"}, description="first")
assert (model.name, model.tags, model.description) == ("fraud model", {"team": "a"}, "first")
run = client.create_run("0")
source = f"{run.info.artifact_uri}/model"
one = client.create_model_version("fraud model", source, run.info.run_id, tags={"k": "v"}, description="d")
two = client.create_model_version("fraud model", source, run.info.run_id)
assert (one.version, two.version) in [("1", "2"), (1, 2)], (one, two)
assert one.run_id == run.info.run_id and one.status == "READY" and one.tags == {"k": "v"}
assert client.get_model_version_download_uri("fraud model", "1") == source
client.set_registered_model_alias("fraud model", "champion", "1")
assert str(client.get_model_version_by_alias("fraud model", "champion").version) == "1"
assert client.get_registered_model("fraud model").aliases == {"champion": "1"}
client.set_registered_model_alias("fraud model", "champion", "2")
assert [str(a) for a in client.get_model_version("fraud model", "2").aliases] == ["champion"]
client.delete_registered_model_alias("fraud model", "champion")
client.set_registered_model_tag("fraud model", "a/b", "1")
client.delete_registered_model_tag("fraud model", "a/b")
client.set_model_version_tag("fraud model", "2", "good", "yes")
assert [str(v.version) for v in client.search_model_versions("name = 'fraud model' and tag.good = 'yes'")] == ["2"]
client.delete_model_version_tag("fraud model", "2", "good")
client.update_model_version("fraud model", "2", "better")
assert client.get_model_version("fraud model", "2").description == "better"
moved = client.transition_model_version_stage("fraud model", "1", "Production")
assert moved.current_stage == "Production"
moved = client.transition_model_version_stage("fraud model", "2", "Production", archive_existing_versions=True)
assert client.get_model_version("fraud model", "1").current_stage == "Archived"
assert {str(v.version) for v in client.get_latest_versions("fraud model")} == {"1", "2"}
client.rename_registered_model("fraud model", "fraud")
client.update_registered_model("fraud", "second")
assert client.get_registered_model("fraud").description == "second"
for number in range(5):
    client.create_registered_model(f"m{number}")
page = client.search_registered_models(max_results=2)
names = [m.name for m in page]
while page.token:
    page = client.search_registered_models(max_results=2, page_token=page.token)
    names += [m.name for m in page]
assert names == ["fraud", "m0", "m1", "m2", "m3", "m4"], names
page = client.search_registered_models("name LIKE 'm%'", order_by=["name DESC"], max_results=2)
assert [m.name for m in page] == ["m4", "m3"]
client.delete_model_version("fraud", "1")
client.delete_registered_model("m4")
for wrong, code in [
    (lambda: client.get_registered_model("m4"), "RESOURCE_DOES_NOT_EXIST"),
    (lambda: client.get_model_version("fraud", "1"), "RESOURCE_DOES_NOT_EXIST"),
    (lambda: client.get_model_version_by_alias("fraud", "nobody"), "INVALID_PARAMETER_VALUE"),
    (lambda: client.create_registered_model("m1"), "RESOURCE_ALREADY_EXISTS"),
    (lambda: client.create_registered_model("a/b"), "INVALID_PARAMETER_VALUE"),
    (lambda: client.create_model_version("m1", "file:///etc/passwd"), "INVALID_PARAMETER_VALUE"),
    (lambda: client.create_model_version("m1", "mlflow-artifacts:/0/../../etc"), "INVALID_PARAMETER_VALUE"),
    (lambda: client.search_registered_models("nothing"), "INVALID_PARAMETER_VALUE"),
]:
    try:
        wrong()
        raise SystemExit(f"no {code}")
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, code, error)

prompt = mlflow.genai.register_prompt("greet", "Hello {{name}}")
assert mlflow.genai.load_prompt("prompts:/greet/1").template == "Hello {{name}}"
assert "greet" not in [m.name for m in client.search_registered_models()]

from mlflow.entities.webhook import WebhookEvent
hook = client.create_webhook("h", "https://example.com/x", ["model_version.created"], secret="s" * 20)
assert client.get_webhook(hook.webhook_id).url == "https://example.com/x"
client.update_webhook(hook.webhook_id, description="d", status="DISABLED")
[listed] = client.list_webhooks()
assert (listed.description, str(listed.status)) == ("d", "DISABLED"), listed
client.delete_webhook(hook.webhook_id)
assert list(client.list_webhooks()) == []
print("done")
"""

MODELS = """
import warnings
warnings.simplefilter("ignore")
import mlflow, numpy as np
from mlflow import MlflowClient
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

client = MlflowClient()
X, y = load_iris(return_X_y=True)
mlflow.set_experiment("models")
with mlflow.start_run() as run:
    model = LogisticRegression(max_iter=500).fit(X, y)
    mlflow.log_metric("accuracy", model.score(X, y))
    info = mlflow.sklearn.log_model(model, name="model", registered_model_name="iris", input_example=X[:2])
loaded = mlflow.sklearn.load_model(info.model_uri)
assert (loaded.predict(X) == model.predict(X)).all()
assert (mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model").predict(X) == model.predict(X)).all()
client.set_registered_model_alias("iris", "best", "1")
assert (mlflow.pyfunc.load_model("models:/iris@best").predict(X) == model.predict(X)).all()
assert (mlflow.pyfunc.load_model("models:/iris/1").predict(X) == model.predict(X)).all()
version = client.get_model_version("iris", "1")
assert version.run_id == run.info.run_id, version
logged = mlflow.get_logged_model(info.model_id)
assert str(logged.status) == "READY" and logged.source_run_id == run.info.run_id, logged
assert {m.key for m in logged.metrics} == {"accuracy"}, logged.metrics
assert [m.model_id for m in client.get_run(run.info.run_id).outputs.model_outputs] == [info.model_id]
again = mlflow.register_model(info.model_uri, "iris")
assert str(again.version) == "2"

found = client.search_logged_models([run.info.experiment_id], filter_string="metrics.accuracy > 0.5")
assert [m.model_id for m in found] == [info.model_id]
other = client.create_logged_model(run.info.experiment_id, name="other", tags={"a": "b"}, params={"p": "1"})
client.set_logged_model_tags(other.model_id, {"c/d": "e"})
client.delete_logged_model_tag(other.model_id, "c/d")
client.finalize_logged_model(other.model_id, "FAILED")
assert client.get_logged_model(other.model_id).tags["a"] == "b"
order = [{"field_name": "metrics.accuracy", "ascending": False}]
ordered = client.search_logged_models([run.info.experiment_id], order_by=order)
assert [m.model_id for m in ordered] == [info.model_id, other.model_id]
client.delete_logged_model(other.model_id)
assert len(client.search_logged_models([run.info.experiment_id])) == 1

mlflow.autolog(silent=True)
with mlflow.start_run() as auto:
    LogisticRegression(C=0.5, max_iter=500).fit(X, y)
got = client.get_run(auto.info.run_id)
assert got.data.params["C"] == "0.5" and got.data.metrics["training_accuracy_score"] > 0.9, got.data
assert got.inputs.dataset_inputs and got.outputs.model_outputs
assert "training_confusion_matrix.png" in [f.path for f in client.list_artifacts(auto.info.run_id)]
print("done")
"""


def test_registry_calls(run_client: RunClient) -> None:
    assert run_client(REGISTRY).strip().endswith("done")


def test_models_are_logged_registered_and_loaded(run_client: RunClient) -> None:
    assert run_client(MODELS).strip().endswith("done")
