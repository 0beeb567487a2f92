"""Many scenarios: read from files, folders and sweeps, solved on many workers, kept by their hash, never lost.

Solving is a pure function of the scenario, the options and the version. So results are kept by a hash of these
three: the same scenario is never solved twice, and resuming a batch is solving what has no result yet.
"""
