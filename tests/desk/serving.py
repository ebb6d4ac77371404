"""Daybook as a process of its own that can be killed: ``python -m tests.desk.serving PORT``, settings as always.

SERVING_AHEAD: microseconds by which its clock is ahead, so that a test need not wait for a moment to come.
"""

import os
import sys

from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from events.instant import Instant, now

AHEAD = int(os.environ.get("SERVING_AHEAD", "0"))


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: a test's output is about its failure."""


def _later() -> Instant:
    return now() + AHEAD


if __name__ == "__main__":
    app = create_app(clock=_later if AHEAD else None)
    make_server("127.0.0.1", int(sys.argv[1]), app, threaded=True, request_handler=_Quiet).serve_forever()
