import json
import sqlite3
import statistics
import time

import numpy as np
import zstandard

connection = sqlite3.connect(":memory:")
connection.execute("CREATE TABLE chunks (run INTEGER, number INTEGER, data BLOB, PRIMARY KEY (run, number))")
compress = zstandard.ZstdCompressor(level=1).compress
rng = np.random.default_rng(0)


def make(run, points):
    for at in range(0, points, 8192):
        count = min(8192, points - at)
        columns = (
            np.arange(count).astype("i2").tobytes() * 2
            + np.ascontiguousarray(rng.random(count).astype("f4").view("u1").reshape(-1, 4).T).tobytes()
        )
        connection.execute("INSERT INTO chunks VALUES (?, ?, ?)", (run, at, compress(columns)))


def read(runs):
    out = []
    for run in runs:
        for (data,) in connection.execute("SELECT data FROM chunks WHERE run = ? ORDER BY number", (run,)):
            raw = np.frombuffer(zstandard.ZstdDecompressor().decompress(data), "u1")
            count = len(raw) // 8
            out.append(
                (
                    np.cumsum(raw[: 2 * count].view("i2")),
                    np.cumsum(raw[2 * count : 4 * count].view("i2")),
                    np.ascontiguousarray(raw[4 * count :].reshape(4, -1).T).view("f4").astype("f8"),
                )
            )
    return out


make(0, 100_000)
for run in range(1, 101):
    make(run, 10_000)


def timed(runs):
    times = []
    for _ in range(5):
        began = time.perf_counter()
        read(runs)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3


print(json.dumps({"one_ms": timed([0]), "many_ms": timed(range(1, 101))}))
