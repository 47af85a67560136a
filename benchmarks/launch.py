"""Run a program and write its wall time and peak memory to a file.  Standard library only, for a small parent."""

import json
import os
import sys
import time

out, *command = sys.argv[1:]
began = time.perf_counter()
child = os.posix_spawn(command[0], command, os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - began
with open(out, "w") as stream:
    json.dump(
        {"wall_ms": wall * 1e3, "peak_mib": usage.ru_maxrss / 1024, "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1e3},
        stream,
    )
sys.exit(os.waitstatus_to_exitcode(status) != 0)
