import hashlib
import json
import shutil

from files import make_big, make_small, timed

make_big("big")
make_small("small")


def copy() -> None:
    digest = hashlib.sha256()
    with open("big", "rb") as source, open("copy", "wb") as out:
        while piece := source.read(1 << 20):
            digest.update(piece)
            out.write(piece)


big = timed(copy)
small = timed(lambda: shutil.copytree("small", "small-copy"))
print(
    json.dumps(
        {"native_big_in_s": big, "native_big_out_s": big, "native_small_in_s": small, "native_small_out_s": small}
    )
)
