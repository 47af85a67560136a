import os
import sys

sys.path.insert(0, os.environ["BENCH_ROOT"])
from measure import measure

measure("floor")
