"""Rooms about the whole newsroom: activity, corrections, addresses, the system."""
