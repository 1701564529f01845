"""A book of two pages, built in seconds, for tests that build many times."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

CELLS = """from analysis.cells import results
from analysis.coding.study import load
study = load()
with open("../../executions", "a") as file:
    print("ran", file=file)
results.numbers(n_probe=1000 + int(study.passages["remark"].str.len().sum()))"""


def _heed_signals():
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class SmallBook:
    """The project cut down to a source page and a notebook that counts its executions.

    Parameters
    ----------
    project : Path
        A copy of the project.
    cut : bool
        False if it is cut down already.
    """

    def __init__(self, project, cut=True):
        self.project, self.log = project, project.parent / "executions"
        self.html = project / "_build" / "html"
        if not cut:
            return
        (project / "book/_toc.yml").write_text(
            "format: jb-book\nroot: source-000\nchapters:\n  - file: probe\n", encoding="utf-8"
        )
        (project / "book/source-000.md").write_text("# The first file\n\n```{source-page} 000\n```\n", encoding="utf-8")
        self.cells(CELLS)

    def cells(self, *sources, text="A number: {glue:text}`n_probe`."):
        """Write the notebook anew: its code cells, then a text cell."""
        code = [
            {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": s, "execution_count": None, "outputs": []}
            for n, s in enumerate(sources)
        ]
        title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# A probe"}
        prose = {"cell_type": "markdown", "id": "prose", "metadata": {}, "source": text}
        kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        notebook = {"cells": [title, *code, prose], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (self.project / "book/probe.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    def say(self, text):
        """Change the notebook's text cell, and so nothing that is executed."""
        path = self.project / "book/probe.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        notebook["cells"][-1]["source"] = text
        path.write_text(json.dumps(notebook), encoding="utf-8")

    def remark(self, text):
        """Change a remark in the table of passages, and nothing else."""
        path = self.project / "analysis/data/passages.csv"
        lines = path.read_text(encoding="utf-8").split("\n")
        lines[1] = lines[1].rsplit(",", 1)[0] + f",{text}"
        path.write_text("\n".join(lines), encoding="utf-8")

    def executions(self):
        """How often the notebook ran."""
        return self.log.read_text(encoding="utf-8").count("ran") if self.log.exists() else 0

    def environment(self, **more):
        """The variables a build in this project runs with."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("REPORT_")}
        return (
            kept | {"PYTHONPATH": str(self.project), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"} | more
        )

    def start(self, *arguments, preexec_fn=_heed_signals, **options):
        """Start ``python -m analysis``; both streams go to ``stdout``.

        It heeds all signals, also where the tests run in the background and were told to ignore some.
        """
        return subprocess.Popen(
            [sys.executable, "-m", "analysis", *arguments], cwd=self.project, env=self.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", preexec_fn=preexec_fn, **options,
        )  # fmt: skip

    def run(self, *arguments, **options):
        """Run ``python -m analysis`` to its end; return its code and what it said."""
        running = self.start(*arguments, **options)
        said = running.communicate(timeout=600)[0]
        return running.returncode, said

    def build(self, command="html"):
        """Build, which must succeed; return what was said."""
        code, said = self.run(command)
        assert code == 0, said
        return said

    def plain(self):
        """Run ``jupyter-book build book --config _config.yml``, without our command."""
        command = [
            sys.executable,
            "-c",
            "from jupyter_book.cli.main import main; main()",
            "build",
            "book",
            "--config",
            "_config.yml",
        ]
        done = subprocess.run(
            command, cwd=self.project, env=self.environment(), capture_output=True, encoding="utf-8", timeout=600
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def page(self, name="probe"):
        """The text of a finished page."""
        return (self.html / f"{name}.html").read_text(encoding="utf-8")

    def processes(self):
        """All processes that belong to a build of this project."""
        found = []
        for process in psutil.process_iter():
            try:
                if (
                    process.environ().get("PYTHONPATH") == str(self.project)
                    and process.status() != psutil.STATUS_ZOMBIE
                ):
                    found.append(process)
            except psutil.Error:
                pass
        return found

    def wait_until_alone(self, seconds=10):
        """Wait for all processes of a build to end; return those that do not."""
        for _ in range(int(seconds * 10)):
            if not self.processes():
                return []
            time.sleep(0.1)
        return [" ".join(process.cmdline())[:200] for process in self.processes()]

    def mark(self, name):
        """The path of a file that a cell can write to say that it runs."""
        return Path(self.project.parent / name)
