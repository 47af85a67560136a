import json
import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from kept import postgres_store
from questions import measure

with postgres_store(int(sys.argv[1])) as store:
    print(json.dumps(measure(store)))
