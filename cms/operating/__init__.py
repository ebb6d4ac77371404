"""What keeps a Daybook well: rebuilding, verifying, sealing, following, backing up, work started from the desk."""
