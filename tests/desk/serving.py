"""Daybook as a process of its own that can be killed: ``python -m tests.desk.serving PORT``, settings as always."""

import sys

from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:
        """Nothing: a test's output is about its failure."""


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), create_app(), threaded=True, request_handler=_Quiet).serve_forever()
