"""The journal: the append-only, crash-safe record of what one writer logged.

One folder a writer (process × run × rank), in it two streams of segment files: ``points`` of fixed-width records
and ``events`` of framed ones.  Written through shared memory maps, so that what a returned call wrote outlives the
process.  From outside: ``writer.JournalWriter`` to log, ``reader`` to take what a process left, ``format`` for the
bytes.  Invariant: a record counts once its checksum is right, so a torn tail is never read.
"""
