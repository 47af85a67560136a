"""What users log as files, turned into bytes: text, dicts, figures, images, tables, audio, histograms.

Import the defining module (``runstone.tracking.media.image`` …).  Invariant: every function here is a value
in, bytes out; nothing is written and no run is known.  Only the standard library is imported at module level;
NumPy, Pillow, matplotlib, plotly, pandas and pyarrow are loaded by the call that needs them.
"""
