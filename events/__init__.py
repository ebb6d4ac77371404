"""The log: what an event is, which events there are, the store that keeps them, and how they are followed.

Importing this package enters every event into the catalogue.
"""

from events import article, byline, image, path, section, site, subject, tag, words

__all__ = ["article", "byline", "image", "path", "section", "site", "subject", "tag", "words"]
