"""Jupyter Book's command as the build starts it: it ends when the build does.

Usage: ``python -m analysis.build.sphinx_run <file descriptor> build …``. The
descriptor is the reading end of a pipe that the build holds open; it ends with
the build, in whatever way that ends.
"""

import gc
import os
import signal
import sys
import threading

from .. import paths
from . import inputs, warm_kernel


def _end_with(descriptor):
    """Wait for the end of the pipe, then end this process, its kernels and the process they are forked from."""
    os.read(descriptor, 1)
    os.killpg(0, signal.SIGKILL)


def main():
    """Run Jupyter Book with the arguments after the first."""
    descriptor = int(sys.argv.pop(1))
    threading.Thread(target=_end_with, args=[descriptor], daemon=True).start()
    if not (paths.NOTEBOOK_CACHE / inputs.key_of_notebooks(inputs.files())).exists():
        warm_kernel.prepare()  # the libraries of the notebooks load while those of Sphinx do
    # Page trees are millions of objects that stay; looking through them for garbage takes a quarter of Sphinx's time.
    gc.disable()
    # Importing this module costs a second; without it jsonschema leaves the form of web addresses unchecked.
    sys.modules["rfc3987_syntax"] = None
    from jupyter_book.cli.main import main as jupyter_book

    try:
        jupyter_book(prog_name="jupyter-book")
    finally:
        gc.freeze()  # nor for the last time, when Python ends


if __name__ == "__main__":
    main()
