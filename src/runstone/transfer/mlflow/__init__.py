"""MLflow's history, brought in and taken out.

Sources of three kinds (a file store, a database, a server) give the same records; ``importing`` writes them to a store.
``exporting`` sends a store to a server that speaks MLflow's API.
Invariant: nothing here imports mlflow, and nothing in a source is trusted: it is data of somebody else's.
"""
