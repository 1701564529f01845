"""Make ready, once, what every notebook would make ready for itself.

The warm process (:mod:`analysis.build.warm_kernel`) imports this module before its
first fork. Nothing here may fail: a kernel that meets the same fault reports
it from the notebook's own line. What a module prints when it is imported is
not seen in a notebook then; the tests run each notebook in a plain kernel too.
"""

import gc
import importlib
import io
import os
from contextlib import suppress
from pathlib import Path

_KERNEL = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", "IPython.core.completer", "IPython.core.completerlib",
    "IPython.extensions.storemagic", "sqlite3", "tornado.platform.asyncio", "tornado.queues",
)  # fmt: skip
_PANDAS = ("pandas", "pandas.io.formats.string", "pandas.core.reshape.reshape", "pyarrow.pandas_compat")  # it imports some only when they are used
_PROJECT = ("cells", "measures", "report")  # the folders whose modules notebooks import


def _modules():
    """List the modules of the folders that notebooks import."""
    root = Path(__file__).parent.parent
    return [f"{root.name}.{folder}.{file.stem}" for folder in _PROJECT for file in sorted((root / folder).glob("[!_]*.py"))]


def _draw():
    """Have Matplotlib read its fonts and load its code for layout and SVG; without pyplot, which is for the kernel to set up."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from ..report import figures

    with rc_context(figures.STYLE):
        figure = Figure()
        figure.subplots().scatter([0, 1], [0, 1], label="label")
        figure.legend()
        figure.savefig(io.StringIO(), format="svg")


def _load():
    """Fill the memory of parsed dates, and load the code of pandas that loading the study needs."""
    from ..coding import statements

    statements.load()


os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # as the kernel's specification has it; a kernel's environment is given to it anew
for name in (*_KERNEL, *_PANDAS, *_modules()):
    with suppress(Exception):
        importlib.import_module(name)
for prepare in (_draw, _load):
    with suppress(Exception):
        prepare()
gc.freeze()  # a kernel need not look through what it has inherited
