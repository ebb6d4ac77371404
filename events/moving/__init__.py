"""Moving house: the log out of one database and into another, identities, times and hashes kept."""
