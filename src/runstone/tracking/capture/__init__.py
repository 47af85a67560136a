"""What a run records without being asked: code, environment, hardware, seeds, console, use of the machine.

``runner`` combines the parts, each a function that returns plain values.  Invariant: no part can break the user's
program or hold it up; one that fails is named in a warning, once.
"""
