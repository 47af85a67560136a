import hashlib
import json
import os
import shutil
import time

block = os.urandom(1 << 20)
with open("big", "wb") as out:
    for i in range(1024):
        out.write(i.to_bytes(8, "little") + block[8:])
os.mkdir("small")
for i in range(20_000):
    with open(f"small/{i}", "wb") as out:
        out.write(os.urandom(4096))
os.sync()
began = time.perf_counter()
digest = hashlib.sha256()
with open("big", "rb") as source, open("copy", "wb") as out:
    while piece := source.read(1 << 20):
        digest.update(piece)
        out.write(piece)
big = time.perf_counter() - began
os.sync()
began = time.perf_counter()
shutil.copytree("small", "small-copy")
small = time.perf_counter() - began
print(json.dumps({"big_s": big, "small_s": small}))
