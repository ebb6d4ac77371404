"""The writing screen, and the doors that its scripts come and go by."""
