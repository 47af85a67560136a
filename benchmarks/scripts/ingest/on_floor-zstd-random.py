"""The same of random float64, which nothing compresses."""

import json
import os
import sqlite3
import time

import numpy as np
import zstandard

KEYS, STEPS, CHUNK = 10, 1_000_000, 8192
rng = np.random.default_rng(0)
steps = np.arange(STEPS)
times = 1_750_000_000_000 + np.cumsum(rng.integers(95, 106, STEPS))
curves = [rng.random(STEPS) for _ in range(KEYS)]
connection = sqlite3.connect("floor.db", isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = NORMAL")
connection.execute("CREATE TABLE chunks (key INTEGER, number INTEGER, data BLOB)")
compress = zstandard.ZstdCompressor(level=1).compress
began = time.perf_counter()
connection.execute("BEGIN")
for at in range(0, STEPS, CHUNK):
    for key, curve in enumerate(curves):
        piece = slice(at, at + CHUNK)
        shuffled = np.ascontiguousarray(curve[piece].view("u1").reshape(-1, 8).T).tobytes()
        data = (
            np.diff(steps[piece], prepend=0).astype("i2").tobytes()
            + np.diff(times[piece], prepend=0).astype("i2").tobytes()
            + shuffled
        )
        connection.execute("INSERT INTO chunks VALUES (?, ?, ?)", (key, at, compress(data)))
connection.execute("COMMIT")
seconds = time.perf_counter() - began
connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
connection.close()
print(
    json.dumps(
        {"points_per_s": KEYS * STEPS / seconds, "bytes_per_point": os.path.getsize("floor.db") / (KEYS * STEPS)}
    )
)
