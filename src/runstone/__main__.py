"""``python -m runstone``."""

from runstone.cli.main import main

main()
