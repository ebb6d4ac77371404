"""Measured, not believed: figures beside a limit or a peer in the same run. ``make bench``."""
