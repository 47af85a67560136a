import os
import sys

program = os.path.join(os.path.dirname(sys.executable), "wandb")
os.execv(program, [program, "--version"])
