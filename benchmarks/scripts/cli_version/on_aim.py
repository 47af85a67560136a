import os
import sys

program = os.path.join(os.path.dirname(sys.executable), "aim")
os.execv(program, [program, "version"])
