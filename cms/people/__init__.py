"""People: accounts, passwords, the second step, sessions. Plain tables in accounts.db, never in the log."""
