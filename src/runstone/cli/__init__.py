"""The command line ``runstone``: a file a noun or verb, loaded when it is called.

Outside this folder only ``runstone.cli.main:main`` is used, as the entry point.  Commands read and write through a
session and its store; what takes more than a call of those has its home on a floor below.

Invariants: starting up imports click and nothing else that is slow; text that others wrote reaches the terminal only
through :mod:`runstone.cli.text`; results go to standard output, everything else to standard error.
"""
