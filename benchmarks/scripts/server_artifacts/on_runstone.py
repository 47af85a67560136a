import json
import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from benchmarks.journals import journal
from benchmarks.servers import runstone
from files import BIG_BYTES, make_big, make_small, timed
from mlflow_client import measure

from runstone.blobs.remote import RemoteBlobs
from runstone.core.entities import ArtifactEntry
from runstone.store.remote import open_remote

RUN = "a" * 32

make_big("big")
paths = make_small("small")
with runstone("./store") as server:
    store, blobs = open_remote(server.uri), RemoteBlobs(server.uri)
    store.ingest([journal(RUN)])

    def send(paths: list[str]) -> None:
        stored = blobs.put_files(paths)
        entries = [
            ArtifactEntry(path=path, digest=one.digest, size_bytes=one.size_bytes, created_ms=1)
            for path, one in zip(paths, stored)
        ]
        store.put_artifacts(RUN, entries)

    def fetch(folder: str) -> None:
        os.mkdir(folder)
        for entry in store.iter_artifacts(RUN, ""):
            if entry.path.startswith(folder):
                blobs.get_file(entry.digest, f"{folder}/{entry.path.replace('/', '-')}")

    figures = {
        "native_big_in_s": timed(lambda: send(["big"])),
        "native_small_in_s": timed(lambda: send(paths)),
        "native_big_out_s": timed(lambda: fetch("b")),
        "native_small_out_s": timed(lambda: fetch("s")),
    }
    assert os.path.getsize("b/big") == BIG_BYTES
    assert len(os.listdir("s")) == len(paths)
    os.remove("big")
    os.remove("b/big")
    figures |= measure(server)
print(json.dumps(figures))
