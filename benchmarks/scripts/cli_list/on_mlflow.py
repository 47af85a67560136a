import os
import sys

os.environ["MLFLOW_TRACKING_URI"] = "sqlite:///mlflow.db"
if not os.path.exists("mlflow.db"):
    import mlflow

    for i in range(20):
        with mlflow.start_run():
            mlflow.log_param("lr", i)
            mlflow.log_metric("loss", i * 0.1)
program = os.path.join(os.path.dirname(sys.executable), "mlflow")
os.execv(program, [program, "runs", "list", "--experiment-id", "0"])
