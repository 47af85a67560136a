"""Scikit-learn without autologging: every candidate a run, the best found by a search, its files read back."""

import pickle
import tempfile
from pathlib import Path

import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

X_train, X_test, y_train, y_test = train_test_split(*load_iris(return_X_y=True), random_state=1)
mlflow.set_experiment("iris")
for c in (0.001, 0.1, 10.0):
    with mlflow.start_run(run_name=f"C={c}"):
        model = LogisticRegression(C=c, max_iter=500).fit(X_train, y_train)
        predicted = model.predict(X_test)
        mlflow.log_params(model.get_params())
        mlflow.log_metric("accuracy", accuracy_score(y_test, predicted))
        mlflow.log_metric("f1", f1_score(y_test, predicted, average="macro"))
        mlflow.log_text(str(model), "model.txt")
        mlflow.log_dict({"coefficients": model.coef_.tolist()}, "coefficients.json")
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "model.pkl").write_bytes(pickle.dumps(model))
            mlflow.log_artifacts(folder, artifact_path="model")

best = mlflow.search_runs(order_by=["metrics.accuracy DESC", "metrics.f1 DESC"], max_results=1).iloc[0]
assert best["params.C"] == "10.0"
assert best["params.penalty"] in ("None", "l2", "deprecated")
assert best["status"] == "FINISHED"
assert best["end_time"] >= best["start_time"]
run_id = best["run_id"]
where = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="model/model.pkl")
again = pickle.loads(Path(where).read_bytes())  # written a moment ago, by this script
assert accuracy_score(y_test, again.predict(X_test)) == best["metrics.accuracy"]
assert mlflow.artifacts.load_dict(f"runs:/{run_id}/coefficients.json")["coefficients"] == again.coef_.tolist()
assert "LogisticRegression" in mlflow.artifacts.load_text(f"{best['artifact_uri']}/model.txt")
assert {item.path for item in mlflow.artifacts.list_artifacts(run_id=run_id)} >= {"model", "model.txt"}
