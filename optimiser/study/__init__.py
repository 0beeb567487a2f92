"""Questions that solve many versions of a scenario, one file a question."""
