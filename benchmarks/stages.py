"""Sphinx extension for the benchmark: write down when each stage began; on request, build as Jupyter Book alone would.

``REPORT_BENCH_STAGES`` names the file to write to. ``REPORT_BENCH_STOCK`` leaves
the running of notebooks to Jupyter Book: one after another, each in a kernel of its own.
"""

import json
import os
import time
from pathlib import Path

import psutil

from analysis.build import execution, warm_kernel

_began = {}


def _mark(name):
    def note(*_):
        _began.setdefault(name, time.time() - psutil.Process().create_time())

    return note


def _write(app, error):
    _mark("end")()
    Path(os.environ["REPORT_BENCH_STAGES"]).write_text(json.dumps(_began), encoding="utf-8")


def setup(app):
    """Connect to the stages of a build."""
    if os.environ.get("REPORT_BENCH_STOCK"):
        warm_kernel.available = lambda: False
        execution.Execution.start = lambda *_: None
    app.connect("config-inited", _mark("load extensions and data"), priority=1)
    app.connect("env-before-read-docs", _mark("read pages and await their notebooks"), priority=999)
    app.connect("env-updated", _mark("write pages"), priority=1)
    app.connect("build-finished", _write, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
