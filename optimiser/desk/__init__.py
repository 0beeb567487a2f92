"""The desk: scenarios that people save, version by version, and what they decide about them. Nothing is overwritten."""
