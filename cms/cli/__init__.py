"""Operators' commands: ``flask …``."""
