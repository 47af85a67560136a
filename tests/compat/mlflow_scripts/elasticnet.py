"""Train an elastic net over a few settings and find the best one."""

import warnings

import mlflow
import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import ElasticNet
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import train_test_split


def evaluate(actual, predicted):
    return {
        "rmse": np.sqrt(mean_squared_error(actual, predicted)),
        "mae": mean_absolute_error(actual, predicted),
        "r2": r2_score(actual, predicted),
    }


warnings.filterwarnings("ignore")
features, target = load_diabetes(return_X_y=True)
train_x, test_x, train_y, test_y = train_test_split(features, target, random_state=40)
mlflow.set_experiment("elasticnet")
errors = {}
for alpha in (0.01, 0.1, 0.5):
    for l1_ratio in (0.1, 0.9):
        with mlflow.start_run() as run:
            model = ElasticNet(alpha=alpha, l1_ratio=l1_ratio, random_state=42).fit(train_x, train_y)
            metrics = evaluate(test_y, model.predict(test_x))
            mlflow.log_param("alpha", alpha)
            mlflow.log_param("l1_ratio", l1_ratio)
            for name, value in metrics.items():
                mlflow.log_metric(name, value)
            errors[run.info.run_id] = metrics["rmse"]

best = mlflow.search_runs(order_by=["metrics.rmse ASC"], max_results=1).iloc[0]
assert best.run_id == min(errors, key=errors.get)
assert best["metrics.rmse"] == min(errors.values())
assert set(mlflow.search_runs(filter_string="params.alpha = '0.1'")["params.l1_ratio"]) == {"0.1", "0.9"}
