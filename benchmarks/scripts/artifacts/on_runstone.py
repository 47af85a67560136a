import json
import os
import time

import runstone

os.environ["RUNSTONE_CAPTURE"] = "none"
block = os.urandom(1 << 20)
with open("big", "wb") as out:
    for i in range(1024):
        out.write(i.to_bytes(8, "little") + block[8:])
os.mkdir("small")
for i in range(20_000):
    with open(f"small/{i}", "wb") as out:
        out.write(os.urandom(4096))
with runstone.start_run():
    os.sync()
    began = time.perf_counter()
    runstone.log_artifact("big")
    big = time.perf_counter() - began
    os.sync()
    began = time.perf_counter()
    runstone.log_artifacts("small", "small")
    runstone.flush()
    small = time.perf_counter() - began
print(json.dumps({"big_s": big, "small_s": small}))
