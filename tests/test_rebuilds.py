"""A build that starts from an earlier one gives what a first build gives."""

import csv
import json

import pytest


def pages(project):
    """Every file of the finished book, by name."""
    folder = project / "_build" / "html"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


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
    path = built_copy / "analysis/data/statements.csv"
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
    lines = {"code": "from analysis import faults, results\nresults.numbers(n_probe=getattr(faults, 'PROBE', 7))", "markdown": "Probe {glue:text}`n_probe`.\n"}
    for kind, source in lines.items():
        extra = {"execution_count": None, "outputs": []} if kind == "code" else {}
        content["cells"].append({"cell_type": kind, "id": f"probe-{kind}", "metadata": {}, "source": source.splitlines(keepends=True)} | extra)
    notebook.write_text(json.dumps(content), encoding="utf-8")
    assert b"seven</span>" in build(run, built_copy)["conclusion.html"].split(b"Probe ")[1][:60]
    module = built_copy / "analysis/faults.py"
    module.write_text(module.read_text(encoding="utf-8") + "\nPROBE = 8\n", encoding="utf-8")
    assert b"eight</span>" in build(run, built_copy)["conclusion.html"].split(b"Probe ")[1][:60]


@pytest.mark.slow
def test_two_first_builds_in_different_folders_are_equal_byte_for_byte(run, project_copy, built_copy):
    assert differences(build(run, project_copy), build(run, built_copy)) == []
