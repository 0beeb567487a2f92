"""Tables of a result: for people on a screen, and for files."""
