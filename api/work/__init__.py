"""What runs in a worker process, one file a subject: bytes in, a finished answer out.

Each function takes one Job. Whatever it raises on top of that is a bug and becomes a problem 500.
"""
