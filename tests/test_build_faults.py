"""Builds that must fail, say why, and leave the book of the last good build as it was."""

import csv
import fcntl
import hashlib
import json
import os
import re
import subprocess
import sys

import pytest

OUR_TRACEBACK = "Traceback (most recent call last)"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def digest(folder):
    """A digest of every file below a folder, by name and content."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def replace_line(path, line, change):
    """Change the cells of one row of a table."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    row = dict(zip(rows[0], rows[line - 1], strict=True))
    rows[line - 1] = list((row | change(row)).values())
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def notebooks(project):
    """The notebooks of a project that run code."""
    found = []
    for path in sorted((project / "book").glob("*.ipynb")):
        if any(cell["cell_type"] == "code" for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]):
            found.append(path)
    return found


def add_cell(path, kind, source):
    """Put a cell at the end of a notebook and return its number."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cell = {
        "cell_type": kind,
        "id": f"added-{len(notebook['cells'])}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    if kind == "code":
        cell |= {"execution_count": None, "outputs": [], "metadata": {"tags": ["remove-output"]}}
    notebook["cells"].append(cell)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(notebook["cells"])


def add_text(path, text):
    """Put text at the end of a Markdown page and return the number of its first line."""
    before = path.read_text(encoding="utf-8").rstrip("\n") + "\n\n"
    path.write_text(before + text, encoding="utf-8")
    return before.count("\n") + 1


def must_fail(run, project, *telling):
    """Build; the build must fail, say each telling word, and leave the finished book alone."""
    before = digest(project / "_build" / "html")
    done = run(project, "html")
    said = _COLOUR.sub("", done.stdout + done.stderr)
    assert done.returncode == 1, said
    for words in telling:
        assert words in said, f"{words!r} is not said in:\n{said}"
    assert digest(project / "_build" / "html") == before
    return said


def must_build(run, project):
    """Build; the build must succeed."""
    done = run(project, "html")
    assert done.returncode == 0, done.stdout + done.stderr


def lose_seed(project):
    path = sorted((project / "seeds").glob("*.txt"))[2]
    path.unlink()
    return f"seeds/{path.name}: found no such file"


def change_seed(project):
    path = sorted((project / "seeds").glob("*.txt"))[2]
    path.write_bytes(path.read_bytes().replace(b"signsigned", b"signed"))
    return f"seeds/{path.name}: found SHA-256"


def garble_seed(project):
    path = sorted((project / "seeds").glob("*.txt"))[4]
    path.write_bytes(path.read_bytes().replace(b"\n", b"\xe9\n", 1))
    return f"seeds/{path.name}, line 1: found byte 0xe9"


def misquote(project):
    replace_line(project / "analysis/data/statements.csv", 7, lambda row: {"exact": row["exact"] + "s"})
    return "analysis/data/statements.csv, row 7: found quotation"


def unknown_issue(project):
    replace_line(project / "analysis/data/statements.csv", 8, lambda row: {"issue": "weather"})
    return "analysis/data/statements.csv, row 8: found issue 'weather'; expected one of four_islands"


def double_row(project):
    path = project / "analysis/data/statements.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([*lines[:9], lines[8], *lines[9:]]), encoding="utf-8")
    return "analysis/data/statements.csv, row 10: found id"


def unfinished_row(project):
    path = project / "analysis/data/no_statement.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n").rsplit(",", 1)[0] + "\n", encoding="utf-8")
    return "found 3 cells; expected 4 cells"


def lose_sentence(project):
    path = project / "analysis/data/no_statement.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(lines[:1] + lines[2:]), encoding="utf-8")
    return "found no statement and no reason for"


def break_codebook(project):
    path = project / "analysis/data/codebook.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\n  : [\n", encoding="utf-8")
    return "analysis/data/codebook.yml, line"


@pytest.mark.parametrize(
    "breaking",
    [
        misquote,
        unknown_issue,
        double_row,
        unfinished_row,
        lose_sentence,
        break_codebook,
        change_seed,
        lose_seed,
        garble_seed,
    ],
)
def test_a_fault_in_the_data_stops_build_and_check(run, built_copy, breaking):
    telling = breaking(built_copy)
    said = must_fail(run, built_copy, telling, "fault")
    assert OUR_TRACEBACK not in said and "site-packages" not in said
    checked = run(built_copy, "check")
    assert checked.returncode == 1 and telling in checked.stderr and OUR_TRACEBACK not in checked.stderr


def test_several_faults_in_the_data_are_said_at_once(run, built_copy):
    tellings = [misquote(built_copy), unknown_issue(built_copy)]
    must_fail(run, built_copy, *tellings, "2 faults:")


def change_notebook(path, change):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def test_files_of_the_book_that_cannot_be_read_stop_build_and_check(run, built_copy):
    """Each is named with its place, all at once and with a fault in the data; no traceback, no word of the tools."""
    book = built_copy / "book"
    first, second, third, fourth, fifth, *_ = notebooks(built_copy)
    first.write_text(
        first.read_text(encoding="utf-8").replace("{", "{\n<<<<<<< HEAD\n=======\n>>>>>>> other", 1), encoding="utf-8"
    )
    second.write_bytes(second.read_bytes()[:-40])
    change_notebook(
        third, lambda notebook: notebook["metadata"]["kernelspec"].update(name="Python 3.11.7 64-bit (.venv: venv)")
    )
    cell = add_cell(fourth, "code", "1")
    change_notebook(fourth, lambda notebook: notebook["cells"][-1].update(execution_count=1))
    fifth.write_bytes(b"")
    (book / "changes.md").write_bytes(b"# Changes\n\n\xe9\n")
    (book / "references.bib").write_text("@misc{open,\n  title = {Open},\n", encoding="utf-8")
    contents = (book / "_toc.yml").read_text(encoding="utf-8").replace("file: colophon", "file: colofon")
    (book / "_toc.yml").write_text(contents, encoding="utf-8")
    tellings = [
        misquote(built_copy), f"book/{first.name}, line 2: found '<<<<<<< HEAD'", f"book/{second.name}, line ",
        "found the end of the file before the end of the notebook", f"book/{third.name}, line ",
        "found kernel 'Python 3.11.7 64-bit (.venv: venv)'; expected 'python3'",
        f"book/{fourth.name}, cell {cell}: found an execution count", f"book/{fifth.name}: found an empty file",
        "book/changes.md, line 3: found byte 0xe9",
        "book/references.bib, line 3: found syntax error: premature end of file, in the entry that begins in line 1",
        "book/_toc.yml, line ", "found 'colofon', of which there is no file", "(nearest: 'colophon')", "9 faults:",
    ]  # fmt: skip
    said = must_fail(run, built_copy, *tellings)
    checked = run(built_copy, "check")
    assert checked.returncode == 1 and all(telling in checked.stderr for telling in tellings), checked.stderr
    for text in (said, checked.stderr):
        assert not any(
            words in text
            for words in (OUR_TRACEBACK, "site-packages", "threw an exception", "Handler <", "atexit", "Sphinx")
        )


@pytest.mark.slow
def test_a_kernel_that_is_not_there_stops_the_build_with_the_notebooks_name(run, built_copy):
    """Whatever hinders a notebook when it starts: here, no kernel is installed."""
    path = notebooks(built_copy)[0]
    add_cell(path, "code", "1")
    hidden = "from jupyter_client import kernelspec\nkernelspec.NATIVE_KERNEL_NAME = 'none'\n"
    hidden += "kernelspec.KernelSpecManager.kernel_dirs = []\n"
    module = built_copy / "analysis/build/execution.py"
    module.write_text(module.read_text(encoding="utf-8") + hidden, encoding="utf-8")
    said = must_fail(run, built_copy, f"book/{path.name}: NoSuchKernel: No such kernel named python3")
    assert not any(words in said for words in (OUR_TRACEBACK, "threw an exception", "atexit"))


@pytest.mark.slow
def test_after_a_fault_in_the_data_is_mended_the_build_is_good(run, built_copy):
    path = built_copy / "analysis/data/statements.csv"
    good = path.read_bytes()
    must_fail(run, built_copy, misquote(built_copy))
    path.write_bytes(good)
    must_build(run, built_copy)


def test_good_data_pass_the_check(run, built_copy):
    done = run(built_copy, "check")
    assert done.returncode == 0 and "5 files, 8 articles, 156 sentences" in done.stdout and done.stderr == ""


def test_the_copy_runs_its_own_package_in_commands_and_kernels(run, built_copy):
    """The tests above mean nothing if the copy used the package it was copied from."""
    module = built_copy / "analysis" / "__init__.py"
    module.write_text(module.read_text(encoding="utf-8") + '\nprint("the copy speaks")\n', encoding="utf-8")
    assert "the copy speaks" in run(built_copy, "check").stdout
    first = notebooks(built_copy)[0]
    (built_copy / "book/_toc.yml").write_text(
        f"format: jb-book\nroot: {first.stem}\n", encoding="utf-8"
    )  # one notebook is enough
    module = built_copy / "analysis" / "coding" / "study.py"
    speaks = """
_load = load
def load(*arguments, **options):
    import IPython
    if IPython.get_ipython():
        raise RuntimeError("the kernel speaks")
    return _load(*arguments, **options)
"""
    module.write_text(module.read_text(encoding="utf-8") + speaks, encoding="utf-8")
    must_fail(run, built_copy, "the kernel speaks")


UNKNOWN_IN_NOTEBOOK = "First line of the paragraph,\nsecond line, {st}`xx99-01`,\nthird line, {sid}`yy99-02`.\n"
MISQUOTED = "A line.\n\nAnother, where\nhe said {quote}`not these very words <sd16-01>`.\n"


def unknown_id_in_notebook(project):
    path = notebooks(project)[0]
    cell = add_cell(path, "markdown", UNKNOWN_IN_NOTEBOOK)
    return [
        f"book/{path.name}, cell {cell}, line {line}: unknown statement id {name}"
        for line, name in [(2, "'xx99-01'"), (3, "'yy99-02'")]
    ]


def unknown_id_in_text(project):
    line = add_text(project / "book/changes.md", UNKNOWN_IN_NOTEBOOK)
    return [
        f"book/changes.md, line {line + 1}: unknown statement id 'xx99-01'",
        f"book/changes.md, line {line + 2}: unknown statement id 'yy99-02'",
    ]


def quotation_not_letter_for_letter(project):
    path = notebooks(project)[-1]
    cell = add_cell(path, "markdown", MISQUOTED)
    return [
        f"book/{path.name}, cell {cell}, line 4: quotation 'not these very words' is not letter for letter in sd16-01"
    ]


def quotation_with_another_apostrophe(project):
    line = add_text(project / "book/changes.md", "{quote}`the two countries' positions <sd16-04>`\n")
    return [
        f'book/changes.md, line {line}: quotation "the two countries\' positions" is not letter for letter in sd16-04'
    ]


def missing_table(project):
    path = notebooks(project)[0]
    cell = add_cell(path, "markdown", "Text.\n\n```{table-result} no_such_table\n:name: tab-none\nA caption.\n```\n")
    return [f"book/{path.name}, cell {cell}, line 3: no table 'no_such_table'"]


def missing_figure(project):
    path = notebooks(project)[0]
    cell = add_cell(
        path, "markdown", "```{figure-result} no_such_figure\n:name: fig-none\n:alt: Nothing.\nA caption.\n```\n"
    )
    return [f"book/{path.name}, cell {cell}, line 1: no figure 'no_such_figure'"]


PAGE_FAULTS = [
    unknown_id_in_notebook, unknown_id_in_text, quotation_not_letter_for_letter, quotation_with_another_apostrophe, missing_table, missing_figure,
]  # fmt: skip


def test_all_faults_of_pages_are_said_at_once(run, built_copy):
    said = must_fail(run, built_copy, *(telling for breaking in PAGE_FAULTS for telling in breaking(built_copy)))
    assert OUR_TRACEBACK not in said and "site-packages" not in said


def test_a_failing_cell_stops_the_build_with_the_cell_and_its_traceback(run, built_copy):
    path = notebooks(built_copy)[0]
    add_cell(path, "code", "broken_on_purpose = 1\nbroken_on_purpose.no_such_attribute\n")
    said = must_fail(
        run,
        built_copy,
        f"book/{path.name}",
        "broken_on_purpose.no_such_attribute",
        "AttributeError: 'int' object has no attribute",
    )
    assert "sphinx-err" not in said and "site-packages" not in said and "report this" not in said


def test_a_number_that_makes_nonsense_of_its_sentence_stops_the_build(run, built_copy):
    path = built_copy / "book/conclusion.ipynb"
    cell = add_cell(path, "code", "from analysis.cells import results\nresults.numbers(experts=9, other_experts=0)\n")
    add_cell(path, "markdown", "{glue:text}`other_experts_cap` expert belongs to neither side.\n")
    must_fail(
        run,
        built_copy,
        f"book/{path.name}, cell {cell}:",
        "other_experts is 0, and its sentence was written for two or more",
    )


@pytest.mark.parametrize("line", ["raise SystemExit(1)", "import os; os._exit(1)"], ids=["exit", "dead kernel"])
@pytest.mark.slow
def test_a_cell_that_ends_the_kernel_stops_the_build(run, built_copy, line):
    path = notebooks(built_copy)[0]
    add_cell(path, "code", line)
    must_fail(run, built_copy, f"book/{path.name}")


@pytest.mark.slow
def test_a_warning_stops_the_build_and_the_next_one_too(run, built_copy):
    """The second build finds nothing changed; it must not take that for good."""
    page, path = built_copy / "book/changes.md", notebooks(built_copy)[0]
    good = page.read_bytes(), path.read_bytes()
    add_text(page, "See {ref}`no-such-label`, {cite}`no-such-key` and {no-such-role}`x`.\n")
    add_cell(path, "markdown", "See {numref}`tab-no-such-table`.\n")
    tellings = [
        "no-such-label",
        "no-such-key",
        "no-such-role",
        "tab-no-such-table",
        "book/changes.md",
        f"book/{path.name}",
    ]
    said = must_fail(run, built_copy, *tellings)
    assert OUR_TRACEBACK not in said
    must_fail(run, built_copy, *tellings)
    page.write_bytes(good[0]), path.write_bytes(good[1])
    must_build(run, built_copy)


def test_a_second_build_in_the_same_folder_is_turned_away(run, built_copy):
    with open(built_copy / "_build" / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = must_fail(run, built_copy, "another build is running")
    assert OUR_TRACEBACK not in said


@pytest.mark.slow
def test_plain_jupyter_book_stops_at_a_fault_in_the_data_too(project_copy):
    """`jupyter-book build book --config _config.yml` without our command."""
    telling = misquote(project_copy)
    plain_must_fail(project_copy, telling)


@pytest.mark.slow
def test_plain_jupyter_book_stops_at_a_notebook_with_outputs_too(project_copy):
    path = notebooks(project_copy)[0]
    cell = add_cell(path, "code", "1")
    output = {"output_type": "stream", "name": "stdout", "text": "1"}
    change_notebook(path, lambda notebook: notebook["cells"][-1].update(outputs=[output]))
    plain_must_fail(
        project_copy, f"book/{path.name}, cell {cell}: found outputs; expected none: clear all outputs and save"
    )


def plain_must_fail(project_copy, telling):
    environment = os.environ | {"PYTHONPATH": str(project_copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main()",
        "build",
        "book",
        "--config",
        "_config.yml",
    ]
    done = subprocess.run(command, cwd=project_copy, env=environment, capture_output=True, encoding="utf-8")
    assert done.returncode != 0 and telling in done.stdout + done.stderr
