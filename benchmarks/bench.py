"""Time builds beside plain Jupyter Book, and loading and tabulation against the size of the corpus.

Usage: ``python benchmarks/bench.py [--runs 5] [--only builds|sizes] [--largest 100000]``, or ``make bench``.
Prints what it measures and writes it to ``benchmarks/results-<date>.json``.

"Stock" is ``jupyter-book build book --config _config.yml`` on the same pages,
notebooks, theme and roles: Jupyter Book itself runs the notebooks, one after
another, each in a kernel of its own. It keeps this project's key of the
notebook cache, without which a changed table would leave the old numbers.
"""

import argparse
import csv
import datetime
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import copies

from analysis import paths
from analysis.base import constraints, tables
from analysis.cells import listings
from analysis.coding import codebook
from analysis.coding import statements as checks
from analysis.coding.study import load
from analysis.measures import alignment, ledger, positions
from analysis.report import figures, sides

_DRAWN = 3000  # statements, beyond which no figure can show a mark for each
GOALS = {"cold": (3, "at least 3 times as fast as stock"), "one changed row": (3, "less than a third of stock")}
PACKAGES = ("jupyter-book", "sphinx", "myst-nb", "pandas", "matplotlib", "numpy")


def machine():
    """Describe the machine and the software, without naming the host."""
    model = platform.processor()
    if Path("/proc/cpuinfo").exists():
        lines = [
            line
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ]
        model = lines[0].split(":")[1].strip() if lines else model
    return {
        "processor": model, "processors": os.cpu_count(), "memory GB": round(psutil.virtual_memory().total / 2**30),
        "kernel": f"{platform.system()} {platform.release()}", "Python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES}, "load before": os.getloadavg(),
    }  # fmt: skip


class Peak:
    """The largest sum of resident memory of a process and its descendants, in MB; shared pages count once a process."""

    def __init__(self, process):
        self.largest, self._process = 0, psutil.Process(process.pid)
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        try:
            while True:
                family = [self._process, *self._process.children(recursive=True)]
                self.largest = max(self.largest, sum(self._resident(process) for process in family) // 2**20)
                time.sleep(0.2)
        except psutil.Error:
            pass

    @staticmethod
    def _resident(process):
        try:
            return process.memory_info().rss
        except psutil.Error:
            return 0


def timed(command, project, **environment):
    """Run a command in a project; return seconds, peak memory in MB and the stages it wrote down."""
    stages = project.parent / "stages.json"
    stages.unlink(missing_ok=True)
    given = {name: value for name, value in os.environ.items() if not name.startswith("REPORT_")}
    given |= {
        "PYTHONPATH": str(project),
        "PYTHONDONTWRITEBYTECODE": "1",
        "REPORT_BENCH_STAGES": str(stages),
    } | environment
    begin = time.perf_counter()
    running = subprocess.Popen(
        command,
        cwd=project,
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    peak = Peak(running)
    said = running.communicate()[0]
    seconds = time.perf_counter() - begin
    if running.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{said}")
    began = json.loads(stages.read_text(encoding="utf-8")) if stages.exists() else {}
    names = list(began)
    return {
        "seconds": round(seconds, 2), "peak MB": peak.largest,
        "stages": {a: round(began[b] - began[a], 2) for a, b in zip(names, names[1:])} | ({"start": round(began[names[0]], 2)} if began else {}),
    }  # fmt: skip


def change_row(project, number):
    """Change the remark of the first quoted passage."""
    path = project / "analysis/data/passages.csv"
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][rows[0].index("remark")] = f"Remark {number}."
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def builds(runs):
    """Time three kinds of build, ours and stock in turn.

    Parameters
    ----------
    runs : int

    Returns
    -------
    dict
        Kind of build to ``ours`` and ``stock``, each a list of runs, with the
        medians and their ratio.
    """
    stock = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main()",
        "build",
        "book",
        "--config",
        "_config.yml",
    ]
    commands = {"ours": ([sys.executable, "-m", "analysis", "html"], {}), "stock": (stock, {"REPORT_BENCH_STOCK": "1"})}
    found = {kind: {"ours": [], "stock": []} for kind in ("cold", "nothing changed", "one changed row")}
    with tempfile.TemporaryDirectory() as folder:
        projects = {}
        for name in commands:
            skipped = shutil.ignore_patterns("_build", ".*", "__pycache__", "*.egg-info", "tests")
            projects[name] = shutil.copytree(paths.ROOT, Path(folder) / name / "project", ignore=skipped)
            config = projects[name] / "_config.yml"
            before, extension, after = config.read_text(encoding="utf-8").partition("    - analysis.pages\n")
            config.write_text(f"{before}{extension}    - benchmarks.stages\n{after}", encoding="utf-8")
        for run in range(runs):
            for kind, results in found.items():
                for name, (command, environment) in commands.items():
                    if kind == "cold":
                        shutil.rmtree(projects[name] / "_build", ignore_errors=True)
                    elif kind == "one changed row":
                        change_row(projects[name], run)
                    results[name].append(timed(command, projects[name], **environment))
                    print(f"{kind}, {name}: {results[name][-1]}", flush=True)
    for results in found.values():
        medians = {name: statistics.median(run["seconds"] for run in results[name]) for name in commands}
        results |= {"median": medians, "stock / ours": round(medians["stock"] / medians["ours"], 2)}
    return found


def sizes(runs, largest):
    """Time loading, tabulation and a figure on copies of the corpus.

    Parameters
    ----------
    runs : int
    largest : int
        Statements in the largest corpus, about.

    Returns
    -------
    list of dict
        One a size, with the medians in seconds.
    """
    one = len(load().statements)
    steps = sorted({max(1, round(largest / one / part)) for part in (1000, 100, 10, 1)})
    found = []
    for number in steps:
        with tempfile.TemporaryDirectory() as folder:
            seeds, data = copies.write(Path(folder) / "corpus", number)
            study = load(seeds, data)
            tasks = _tasks(study, seeds, data)
            row = {
                "copies": number,
                "statements": len(study.statements),
                "MB of statements.csv": round((data / "statements.csv").stat().st_size / 1e6, 2),
            }
            for name, task in tasks.items():
                times = []
                for _ in range(runs):
                    begin = time.process_time()
                    task()
                    times.append(time.process_time() - begin)
                row[name] = round(statistics.median(times), 4)
            row["peak MB"] = psutil.Process().memory_info().rss // 2**20
        found.append(row)
        print(row, flush=True)
    return found


def _tasks(study, seeds, data):
    issues = list(study.codebook.issues.index)
    known = {f"codebook.{part}": constraints.Known(study.codebook.keys(part), part) for part in codebook.PARTS}
    known |= {
        "issues.issue": constraints.Known(issues, ""),
        "files.seed": constraints.Known(set(study.corpus.texts), ""),
    }
    known |= {
        "actors.actor": constraints.Known(set(study.actors.index), ""),
        "articles.article": constraints.Known(set(study.corpus.articles.index), ""),
    }

    def table():
        defined = study.package.tables["statements"]
        read = tables.read(data / "statements.csv", defined.columns)
        faults = [
            fault for column in defined.fields for fault in constraints.check_column(read, column, "", known)
        ] + constraints.check_keys(read, defined, "")
        read = constraints.typed(read, defined)
        faults += checks.check_anchors(read, study.corpus, "") + checks.check_ids(read, "-", "")
        read["sentence"] = checks.enclosing(read, study.corpus.sentences, "sentence")
        assert not faults + checks.check_articles(read, study.corpus.sentences, "")

    tasks = {
        "pandas.read_csv": lambda: pd.read_csv(data / "statements.csv"),
        "pandas.read_csv, all as text": lambda: pd.read_csv(data / "statements.csv", dtype=str, na_filter=False),
        "the table with its checks": table,
        "everything with all checks": lambda: load(seeds, data),
        "tally": lambda: positions.tally(study.statements, issues),
        "matrix": lambda: listings.matrix(study, issues, sides.ORDER),
        "ledger": lambda: (ledger.sentences(study), ledger.characters(study)),
        "figure of counts": lambda: figures.judgements.draw(study, alignment.judgements(study.statements), "bench"),
    }
    if len(study.statements) < _DRAWN:
        tasks["figure of statements"] = lambda: figures.stances.draw(study, issues, "bench")
    return tasks


def exponent(rows, name):
    """The power of the size with which a time grows between the two largest corpora."""
    measured = [(row["statements"], row[name]) for row in rows if name in row]
    (a, b), (x, y) = measured[-2:]
    return round(math.log(y / b) / math.log(x / a), 2) if b and y else None


def main():
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--only", choices=("builds", "sizes"))
    parser.add_argument("--largest", type=int, default=100_000, help="statements in the largest corpus (100000)")
    given = parser.parse_args()
    results = {"machine": machine(), "runs": given.runs}
    print(json.dumps(results["machine"]), flush=True)
    if given.only != "builds":
        rows = results["sizes"] = sizes(given.runs, given.largest)
        names = [name for name in rows[0] if name not in ("copies", "statements", "MB of statements.csv", "peak MB")]
        results["exponents"] = {name: exponent(rows, name) for name in names}
        print("exponents:", results["exponents"], flush=True)
        for baseline in (
            name for name in names if "read_csv" in name
        ):  # the tables hold text alone, which pandas is told by the second
            results[f"times {baseline}"] = {
                name: round(rows[-1][name] / rows[-1][baseline], 1) for name in names if "checks" in name
            }
            print(f"in times of {baseline}:", results[f"times {baseline}"], flush=True)
    if given.only != "sizes":
        results["builds"] = builds(given.runs)
        for kind, measured in results["builds"].items():
            goal, words = GOALS.get(kind, (0, "under 2 s"))
            met = measured["stock / ours"] >= goal if goal else measured["median"]["ours"] < 2
            print(
                f"{kind}: ours {measured['median']['ours']} s, stock {measured['median']['stock']} s, ratio {measured['stock / ours']}; {words}: {'met' if met else 'missed'}"
            )
    results["machine"]["load after"] = os.getloadavg()
    path = HERE / f"results-{datetime.date.today().isoformat()}.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(paths.relative(path))


if __name__ == "__main__":
    main()
