"""Fixtures shared by all tests: the loaded study, copies of the project, and one complete build."""

import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import settings
from tiny_book import INVENTED, TinyBook

from analysis import paths
from analysis.coding.study import load

# The same examples on every machine, and no failure because a machine is slow.
settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")

_CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_OTHER_TREES = {"tests", "_build", "__pycache__"}


def _copy_project(target):
    """Copy what a build needs: everything but tests, builds, and hidden or virtual-environment folders."""

    def skip(folder, names):
        if os.path.abspath(folder) != str(paths.ROOT):
            return {name for name in names if name in ("__pycache__", ".ipynb_checkpoints", "_build")}
        return {
            name
            for name in names
            if name.startswith(".")
            or name in _OTHER_TREES
            or name.endswith(".egg-info")
            or (paths.ROOT / name / "pyvenv.cfg").exists()
        }

    return shutil.copytree(paths.ROOT, target, ignore=skip)


def _run(project, *arguments, timeout=600):
    """Run ``python -m analysis`` in a copy of the project, so that the copy's own package runs.

    Parameters
    ----------
    project : Path
    *arguments : str
    timeout : float

    Returns
    -------
    subprocess.CompletedProcess
        With ``returncode, stdout, stderr``; both streams as text.
    """
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}
    for name in ("REPORT_WITH_PDF", "REPORT_TEXT"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        cwd=project,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
    )


# What takes seconds to provide: a browser, a copy of the project with or without its book, a command in a process.
_HEAVY = {
    "browser",
    "built_book",
    "built_copy",
    "built_project",
    "copy_project",
    "finished_notebooks",
    "project_copy",
    "run",
}


def pytest_collection_modifyitems(items):
    """Mark the tests that need a browser, a built book or another process; the one journey stays among the fast ones."""
    for item in items:
        if _HEAVY & set(item.fixturenames) and item.path.name != "test_journey.py":
            item.add_marker(pytest.mark.book)


@pytest.fixture(scope="session")
def run():
    """The function ``run(project, *arguments)``."""
    return _run


@pytest.fixture(scope="session")
def study():
    """All data of the project, loaded and checked once."""
    return load()


@pytest.fixture
def invented(monkeypatch):
    """Let the package read the invented corpus instead of the report's; return its folder."""
    for name, folder in {"SEEDS": "seeds", "DATA": "data"}.items():
        monkeypatch.setattr(paths, name, INVENTED / folder)
    return INVENTED


@pytest.fixture
def tiny_book(invented, tmp_path):
    """A book of the invented corpus, to be built in this process."""
    return TinyBook(tmp_path)


@pytest.fixture(scope="session")
def copy_project():
    """The function ``copy_project(target)``, which copies what a build needs."""
    return _copy_project


@pytest.fixture(scope="module")
def browser():
    """Chromium, or no test.

    A module has its own: the driver's event loop must be gone before notebooks run theirs.
    """
    executable = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if executable is None:
        pytest.skip("no Chromium on this machine: install one (Debian: apt-get install chromium) to test the pages")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=_CHROMIUM)
        yield started
        started.close()


@pytest.fixture
def project_copy(tmp_path):
    """A copy of the project, never built, that a test may break."""
    return _copy_project(tmp_path / "project")


@pytest.fixture(scope="session")
def pdf_missing():
    """What the PDF lacks on this machine; empty where it can be made."""
    from analysis.pdf import printing as pdf

    return pdf.missing()


@pytest.fixture(scope="session")
def built_project(tmp_path_factory, pdf_missing):
    """A copy of the project with one complete build in it; tests only read it.

    The book of ``make book`` comes along, so that the copy builds only if that is not the book of these inputs.
    """
    project = _copy_project(tmp_path_factory.mktemp("built") / "project")
    if (paths.BUILD / "record.json").exists():
        shutil.copytree(paths.BUILD, project / "_build", ignore=shutil.ignore_patterns("work", "next", "previous"))
    done = _run(project, "html" if pdf_missing else "book")
    assert done.returncode == 0, f"the book does not build:\n{done.stdout}\n{done.stderr}"
    return project


@pytest.fixture(scope="session")
def built_book(built_project):
    """The folder of the finished book; tests only read it."""
    return built_project / "_build" / "html"


@pytest.fixture
def built_copy(built_project, tmp_path):
    """A copy of the built project, caches included, that a test may break and build again in seconds."""
    return shutil.copytree(built_project, tmp_path / "built")
