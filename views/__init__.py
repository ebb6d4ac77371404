"""Read models: tables folded from the log. Whatever is in them can be made again from the log alone.

(Not web views: in Daybook a Flask function is called by its face.)
"""

from views.facade import Views

__all__ = ["Views"]
