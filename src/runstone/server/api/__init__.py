"""The native API, ``/api/v1``: every operation of the store, and blobs."""
