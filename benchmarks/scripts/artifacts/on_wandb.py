import json
import os
import time

import wandb

block = os.urandom(1 << 20)
with open("big", "wb") as out:
    for i in range(1024):
        out.write(i.to_bytes(8, "little") + block[8:])
os.mkdir("small")
for i in range(20_000):
    with open(f"small/{i}", "wb") as out:
        out.write(os.urandom(4096))
run = wandb.init(project="bench", mode="offline")
os.sync()
began = time.perf_counter()
artifact = wandb.Artifact("big", "file")
artifact.add_file("big")
run.log_artifact(artifact)
big = time.perf_counter() - began
os.sync()
began = time.perf_counter()
artifact = wandb.Artifact("small", "files")
artifact.add_dir("small")
run.log_artifact(artifact)
small = time.perf_counter() - began
run.finish()
print()
print(json.dumps({"big_s": big, "small_s": small}))
