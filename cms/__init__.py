"""The newsroom: rules, one door to them, and its faces."""
