import json
import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from kept import sqlite_store
from questions import measure

print(json.dumps(measure(sqlite_store(int(sys.argv[1])))))
