"""The HTTP service: a thin face; routes translate, ``optimiser`` decides."""
