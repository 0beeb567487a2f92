"""What every worker needs, imported once by the process that workers are copied from.

Nothing here may start a thread: a copy has only the thread that made it.
"""

from __future__ import annotations

import os

# As many processes as there are workers calculate already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from importlib import import_module

for name in ("optimiser.batch.solving", "scipy.sparse.linalg"):
    import_module(name)
