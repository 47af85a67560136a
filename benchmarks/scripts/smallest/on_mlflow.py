import mlflow

mlflow.set_tracking_uri("sqlite:///mlflow.db")
with mlflow.start_run():
    for i in range(10):
        mlflow.log_param(f"p{i}", i)
    for i in range(10):
        mlflow.log_metric(f"m{i}", i * 0.1)
