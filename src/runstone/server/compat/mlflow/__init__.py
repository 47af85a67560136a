"""MLflow's REST API, as its own client speaks it: ``/api/2.0/mlflow`` and ``/api/3.0/mlflow``.

A module a noun, each with its messages, its calls and its table ``ROUTES``; ``routes`` joins the tables.  What MLflow
answers is known from its published API documentation and from watching its client and server talk.
"""
