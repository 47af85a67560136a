"""What a run records without being asked: command line, code, environment, hardware, console, use of the machine.

From outside: ``runner`` (the parts together), ``console.ConsoleTee`` and ``usage.UsageSampler`` (what goes on during
the run), ``seeds``, and ``captured.Captured``, which a part returns.  A part is a function without arguments; third
parties add theirs by an entry point in the group ``runstone.capture``.  Invariants: only ``runner``, ``source`` and
``launcher`` are on the way to the first logged value, and no part can break or hold up the program.
"""
