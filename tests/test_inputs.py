"""The list of inputs: each kind makes a new build, and notebooks read nothing that their key leaves out."""

import ast
import json
import re
import shutil

import pytest

from analysis import paths
from analysis.build import finished, inputs

KINDS = [
    "seeds/000_cf4e80556e856ae0.txt", "analysis/data/statements.csv", "analysis/data/codebook.yml", "analysis/data/coding/pass_a.csv",
    "analysis/report/coast.geojson", "analysis/report/figures/stances.py", "analysis/pdf/printing.py", "analysis/pdf/print.css", "analysis/pages/roles.py", "book/summary.ipynb",
    "book/changes.md", "book/_toc.yml", "book/references.bib", "book/_static/report.css", "_config.yml", "CITATION.cff", "CHANGELOG.md",
    "requirements.txt", "requirements.in",
]  # fmt: skip
ALONE = ["README.md", "Makefile", "tests/conftest.py", "tools/setup.sh"]
FOR_NOTEBOOKS = {name for name in KINDS if name.startswith(("seeds/", "analysis/data/"))} | {
    "analysis/report/coast.geojson",
    "analysis/report/figures/stances.py",
    "requirements.txt",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the repository without what is built or hidden."""
    skipped = shutil.ignore_patterns("_build", ".*", "__pycache__", "*.egg-info")
    return shutil.copytree(paths.ROOT, tmp_path_factory.mktemp("inputs") / "project", ignore=skipped)


@pytest.mark.parametrize("name", KINDS + ALONE)
def test_each_kind_of_input_counts_and_nothing_else(project, name):
    before, path = inputs.files(project), project / name
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    after = inputs.files(project)
    path.write_bytes(content)
    assert finished.different(before, after) == ([] if name in ALONE else [name])
    changed_for_notebooks = inputs.digest(inputs.of_notebooks(before)) != inputs.digest(inputs.of_notebooks(after))
    assert changed_for_notebooks == (name in FOR_NOTEBOOKS)
    page = name.startswith("book/") and name.endswith((".md", ".ipynb"))
    assert (inputs.of_every_page(before) != inputs.of_every_page(after)) == (name not in ALONE and not page)


@pytest.mark.parametrize("name", ["book/new-page.md", "analysis/data/new.json", "schemas/new.json", "new.cff"])
def test_a_new_file_counts_wherever_it_stands(project, name):
    before, path = inputs.files(project), project / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("new", encoding="utf-8")
    assert finished.different(before, inputs.files(project)) == [name]
    path.unlink()


@pytest.mark.parametrize(
    "name",
    [
        ".git/index",
        "_build/html/index.html",
        "analysis/__pycache__/x.pyc",
        "book/.ipynb_checkpoints/x.ipynb",
        "env/pyvenv.cfg",
        "book/x.md~",
    ],
)
def test_what_tools_leave_behind_does_not_count(project, name):
    before, path = inputs.files(project), project / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("left behind", encoding="utf-8")
    assert inputs.files(project) == before
    path.unlink()


def test_settings_are_the_python_and_the_variables_of_the_report(monkeypatch):
    monkeypatch.setenv("REPORT_TEXT", "excerpts")
    monkeypatch.setenv("REPORT_REPOSITORY", "")
    monkeypatch.setenv("REPORTED", "1")
    found = inputs.settings(with_pdf=True)
    assert found.pop("Python").count(".") == 2
    assert found == {"REPORT_TEXT": "excerpts", "REPORT_WITH_PDF": "1"}
    assert "REPORT_WITH_PDF" not in inputs.settings(with_pdf=False)


def _imports(source, package=()):
    """Modules of the package that a piece of code imports, which stands in a module of `package`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] == "analysis"}


def _file(module):
    path = paths.ROOT / (module.replace(".", "/") + ".py")
    return path if path.exists() else None


def _used_by_notebooks():
    """Files of the package that code cells import, directly or through others."""
    waiting, found = set(), set()
    for path in paths.BOOK.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                waiting |= _imports("".join(cell["source"]))
    while waiting:
        path = _file(waiting.pop())
        if path and path not in found:
            found.add(path)
            waiting |= _imports(path.read_text(encoding="utf-8"), path.parent.relative_to(paths.ROOT).parts)
    return found


def test_all_code_that_notebooks_import_is_in_their_key():
    used = {paths.relative(path) for path in _used_by_notebooks()}
    assert len(used) > 10
    assert sorted(used - inputs.of_notebooks(inputs.files()).keys()) == []


def test_code_that_notebooks_import_reads_nothing_outside_their_key():
    """Pages, settings and the citation file are no part of the notebooks' key."""
    outside = re.compile(
        r"paths\.(BOOK|ADDRESSES|REDIRECTS|BIBLIOGRAPHIES|CITATION|CONFIG|BUILD|HTML|ROOT|LICENCES|REQUIREMENTS)\b"
    )
    assert [
        paths.relative(path)
        for path in _used_by_notebooks()
        if path.name != "paths.py" and outside.search(path.read_text(encoding="utf-8"))
    ] == []
