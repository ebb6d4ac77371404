"""News from elsewhere, as commands. The formats are described in docs/import-format.md."""
