"""Make ready, once, what every notebook would make ready for itself.

The warm process (:mod:`analysis.build.warm_kernel`) imports this module before its
first fork. Nothing here may fail: a kernel that meets the same fault reports
it from the notebook's own line. What a module prints when it is imported is
not seen in a notebook then; the tests run each notebook in a plain kernel too.
"""

import gc
import importlib
import os
from contextlib import suppress

from .. import paths

_KERNEL = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "tornado.queues",
)
_PANDAS = (
    "pandas",
    "pandas.io.formats.string",
    "pandas.core.reshape.reshape",
    "pyarrow.pandas_compat",
)  # it imports some only when they are used


def _modules():
    """List the modules of the folders that notebooks import."""
    files = [file for folder in paths.RUN_IN_NOTEBOOKS for file in sorted((paths.PACKAGE / folder).rglob("[!_]*.py"))]
    return [".".join(file.relative_to(paths.ROOT).with_suffix("").parts) for file in files]


os.environ.setdefault(
    "PYDEVD_DISABLE_FILE_VALIDATION", "1"
)  # as the kernel's specification has it; a kernel's environment is given to it anew
for name in (*_KERNEL, *_PANDAS, *_modules()):
    with suppress(Exception):
        importlib.import_module(name)
with suppress(Exception):
    from ..coding import study

    study.load()  # fills the memory of parsed dates, and loads the code of pandas that loading the study needs
gc.freeze()  # a kernel need not look through what it has inherited
