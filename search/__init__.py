"""The index: what readers search, folded from public documents. The engine stays behind ``search.index.Index``."""
