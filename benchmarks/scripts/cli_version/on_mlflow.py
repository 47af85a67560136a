import os
import sys

program = os.path.join(os.path.dirname(sys.executable), "mlflow")
os.execv(program, [program, "--version"])
