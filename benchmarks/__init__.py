"""How fast and how small, measured: ours, the peers' and the floor's figures in one run.

``make bench`` runs every scenario and writes ``RESULTS.md``.  A scenario is a folder of ``scripts``: one program a
contender, each run as a process of its own in a fresh folder, in alternation, over several rounds.
"""
