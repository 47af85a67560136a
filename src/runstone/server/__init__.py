"""The team server: a store and its blobs behind HTTP.

``app.create_app`` makes the ASGI application, ``launch.serve`` runs it.  ``api`` is the native API, ``compat`` are
translations of other tools' wire formats onto the store; they hold no rule of their own.
"""
