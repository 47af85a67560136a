import os
import sys

if not os.path.exists(".runstone"):
    import runstone

    for i in range(20):
        with runstone.start_run():
            runstone.log_param("lr", i)
            runstone.log_metric("loss", i * 0.1)
program = os.path.join(os.path.dirname(sys.executable), "runstone")
os.execv(program, [program, "runs", "list"])
