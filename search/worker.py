"""An indexing process: documents come in on standard input, segments are described on standard output."""

import gc
import pickle
import sys
from pathlib import Path

import msgspec

from search.crew import receive
from search.rebuilding import index
from search.shapes import Document


def main() -> None:
    """See ``search.rebuilding``."""
    gc.disable()  # nothing here goes in circles, and looking for circles among millions of objects takes a third
    decode = msgspec.msgpack.Decoder(list[Document]).decode
    try:
        said: object = list(index(Path(sys.argv[1]), map(decode, receive(sys.stdin.buffer))))
    except OSError as error:  # the disk is full, say: whoever hands out documents tells it
        said = error
    sys.stdout.buffer.write(pickle.dumps(said))


if __name__ == "__main__":
    main()
