import os
import sys

program = os.path.join(os.path.dirname(sys.executable), "runstone")
os.execv(program, [program, "--version"])
