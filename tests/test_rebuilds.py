"""A build that starts from an earlier one gives what a first build gives."""

import csv
import json

import pytest
from small_book import CELLS, SmallBook


def pages(project):
    """Every file of the finished book, by name."""
    folder = project / "_build" / "html"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def build(run, project):
    """Build the HTML, which must succeed, and return its files."""
    done = run(project, "html")
    assert done.returncode == 0, done.stdout + done.stderr
    return pages(project)


def differences(one, other):
    """Names of the files that differ or stand on one side only."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.mark.slow
def test_links_back_and_pages_follow_a_changed_page_and_return_with_it(run, built_copy):
    before = build(run, built_copy)
    page, table_of_contents = built_copy / "book/changes.md", built_copy / "book/_toc.yml"
    good = page.read_bytes(), table_of_contents.read_bytes()
    page.write_bytes(good[0] + b"\n\nA citation {st}`mt13-01`.\n")
    (built_copy / "book/passing.md").write_text("# A passing page\n\nText.\n", encoding="utf-8")
    table_of_contents.write_bytes(good[1].rstrip(b"\n") + b"\n      - file: passing\n")
    changed = build(run, built_copy)
    assert b"changes.html#cite-mt13-01-1" in changed["source-003.html"]
    assert "passing.html" in changed
    page.write_bytes(good[0]), table_of_contents.write_bytes(good[1])
    (built_copy / "book/passing.md").unlink()
    assert differences(before, build(run, built_copy)) == []


@pytest.mark.slow
def test_a_change_in_the_data_reaches_every_page(run, built_copy):
    path = built_copy / "analysis/data/passages.csv"
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][rows[0].index("remark")] = "A remark that nobody made."
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    assert b"A remark that nobody made." in build(run, built_copy)["source-000.html"]


@pytest.mark.slow
def test_a_change_in_the_package_runs_the_notebooks_again(run, built_copy):
    notebook = built_copy / "book/conclusion.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    lines = {
        "code": "from analysis.base import faults\nfrom analysis.cells import results\nresults.numbers(n_probe=getattr(faults, 'PROBE', 7))",
        "markdown": "Probe {glue:text}`n_probe`.\n",
    }
    for kind, source in lines.items():
        extra = {"execution_count": None, "outputs": []} if kind == "code" else {}
        content["cells"].append(
            {"cell_type": kind, "id": f"probe-{kind}", "metadata": {}, "source": source.splitlines(keepends=True)}
            | extra
        )
    notebook.write_text(json.dumps(content), encoding="utf-8")
    assert b"seven</span>" in build(run, built_copy)["conclusion.html"].split(b"Probe ")[1][:60]
    module = built_copy / "analysis/base/faults.py"
    module.write_text(module.read_text(encoding="utf-8") + "\nPROBE = 8\n", encoding="utf-8")
    assert b"eight</span>" in build(run, built_copy)["conclusion.html"].split(b"Probe ")[1][:60]


# Below, books of two pages, which build in seconds.


@pytest.fixture
def small(project_copy):
    """A small book, never built."""
    return SmallBook(project_copy)


def test_where_nothing_has_changed_nothing_is_done(run, built_copy, pdf_missing):
    command = "html" if pdf_missing else "book"
    before = {path: path.stat() for path in (built_copy / "_build").rglob("*") if path.name != "lock"}
    done = run(built_copy, command)
    assert done.returncode == 0 and "nothing has changed since the last build" in done.stdout and done.stderr == ""
    assert "html …" not in done.stdout
    after = {path: path.stat() for path in (built_copy / "_build").rglob("*") if path.name != "lock"}
    assert {path: s.st_mtime_ns for path, s in before.items()} == {path: s.st_mtime_ns for path, s in after.items()}


@pytest.mark.slow
def test_a_change_in_the_finished_book_is_undone(small):
    small.build()
    good = small.page()
    (small.html / "probe.html").write_text("scribbled over", encoding="utf-8")
    (small.html / "index.html").unlink()
    assert "changed: _build/html/index.html, _build/html/probe.html" in small.build()
    assert small.page() == good and (small.html / "index.html").exists()
    assert "nothing has changed" in small.build()


@pytest.mark.slow
def test_notebooks_run_again_exactly_when_their_cells_or_inputs_change(small):
    small.build()
    assert small.executions() == 1
    small.say("Other words around {glue:text}`n_probe`.")
    small.build()
    assert small.executions() == 1 and "Other words around" in small.page()
    small.remark("A remark")
    small.build()
    assert small.executions() == 2
    style = small.project / "book/_static/report.css"
    style.write_text(style.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    role = small.project / "analysis/pages/roles.py"
    role.write_text(role.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    small.build()
    assert small.executions() == 2
    small.cells(CELLS + "\n1 + 1")
    small.build()
    assert small.executions() == 3


@pytest.mark.slow
def test_a_change_taken_back_is_found_in_the_cache(small):
    path = small.project / "analysis/data/passages.csv"
    good = path.read_bytes()
    small.build()
    before = small.page()
    small.remark("A remark that is taken back")
    small.build()
    path.write_bytes(good)
    small.build()
    assert small.executions() == 2 and small.page() == before


def article(page):
    """The text of a page; around it stands the day of a plain build."""
    return page[page.index("<article") : page.index("</article>")]


@pytest.mark.slow
def test_plain_jupyter_book_shows_changed_data_and_changed_links_too(small):
    small.remark("x" * 100)
    small.plain()
    first = small.page()
    small.plain()
    assert small.executions() == 1 and small.page() == first
    small.remark("y" * 90)
    small.plain()
    assert small.executions() == 2 and small.page() != first
    assert "y" * 90 in small.page("source-000") and "x" * 100 not in small.page("source-000")
    cited = next(
        line
        for line in (small.project / "analysis/data/statements.csv").read_text(encoding="utf-8").split("\n")[1:]
        if "000_" in line
    ).split(",")[0]
    small.say(f"Now cited: {{st}}`{cited}`.")
    small.plain()
    assert small.executions() == 2
    assert f"probe.html#cite-{cited}-1" in small.page("source-000"), "the source page does not link back"
    plain = {name: article(small.page(name)) for name in ("probe", "source-000")}
    small.build()
    assert {name: article(small.page(name)) for name in plain} == plain


@pytest.mark.slow
def test_results_are_not_kept_when_the_data_change_while_a_notebook_runs(small):
    path = small.project / "analysis/data/statements.csv"
    small.cells(
        f"import pathlib\npathlib.Path({str(path)!r}).write_bytes(pathlib.Path({str(path)!r}).read_bytes().replace(b'\\n', b' \\n', 2))",
        text="Text.",
    )
    code, said = small.run("html")
    assert code == 1 and "changed while the notebooks ran; build again" in said
    assert list((small.project / "_build/notebook-cache").glob("*")) == []


@pytest.mark.slow
def test_a_book_whose_pages_change_while_it_is_built_is_not_put_in_place(small):
    small.cells("with open('source-000.md', 'a') as file:\n    print(file=file)", text="Text.")
    code, said = small.run("html")
    assert code == 1 and "book/source-000.md changed while the book was built; build again. There is no book" in said
    assert not small.html.exists()
    assert "html: " in small.build()
