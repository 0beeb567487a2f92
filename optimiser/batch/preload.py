"""What every worker needs, imported once by the process that workers are copied from.

Nothing here may start a thread: a copy has only the thread that made it.
"""

from __future__ import annotations

import os

# As many processes as there are workers calculate already.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import scipy.sparse.linalg

from optimiser.batch import solving

__all__ = ["scipy", "solving"]
