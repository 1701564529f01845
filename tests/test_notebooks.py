"""Notebooks: stored clean, faults named with their place, and each runs alone from top to bottom."""

import asyncio
import json
import os
import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from analysis import paths
from analysis.build import execution
from analysis.build import notebook_files as notebooks

NOTEBOOKS = sorted(
    path.relative_to(paths.BOOK).as_posix()
    for path in paths.BOOK.rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)
FORGIVING_TAGS = {"raises-exception", "skip-execution"}


def read(name):
    """The notebook as stored."""
    return json.loads((paths.BOOK / name).read_text(encoding="utf-8"))


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 10


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_can_be_read_and_holds_nothing_that_running_it_left(name):
    assert notebooks.faults(paths.BOOK / name) == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_its_cells_have_ids_of_their_own(name):
    notebook = read(name)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) >= (4, 5)
    identifiers = [cell.get("id") for cell in notebook["cells"]]
    assert all(identifiers) and len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_cell_is_allowed_to_fail_or_left_out(name):
    notebook = read(name)
    for number, cell in enumerate(notebook["cells"], start=1):
        assert FORGIVING_TAGS.isdisjoint(cell["metadata"].get("tags", [])), f"cell {number}"
    for settings in (notebook["metadata"].get("mystnb", {}), notebook["metadata"].get("execution", {})):
        assert "execution_allow_errors" not in settings and "allow_errors" not in settings


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_asks_for_the_plain_python_kernel(name):
    assert read(name)["metadata"]["kernelspec"]["name"] == notebooks.KERNEL


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_stays_thin_and_imports_only_what_the_project_brings(name):
    """Analysis lives in the package; nothing is installed, fetched or written from a notebook."""
    for number, cell in enumerate(read(name)["cells"], start=1):
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            assert not re.search(r"^\s*[%!]|\bopen\(|to_csv\(|urlopen|requests\.|subprocess", source, re.MULTILINE), (
                f"cell {number}: {source}"
            )


# Notebooks that cannot be read, run or published


def cell(kind, source="", **more):
    """A cell as it is stored."""
    made = {"cell_type": kind, "id": f"{kind}-1", "metadata": {}, "source": source}
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {}) | more


def notebook(*cells, **more):
    """A notebook as it is stored."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": list(cells), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5} | more


def stored(value):
    return json.dumps(value, indent=1).encode()


OUTPUT = [{"output_type": "stream", "name": "stdout", "text": "x"}]
GOOD = stored(notebook(cell("markdown", "# One"), cell("code", "1")))
PICTURE = {"a.png": {"image/png": "aaaa"}}
WIDGETS = {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"a": {}}, "version_major": 2}}}
WIDGETS_WITHOUT_STATE = {"widgets": {"application/vnd.jupyter.widget-state+json": {"a": {}}}}

FAULTS = {
    "conflict": (GOOD.replace(b"{", b"{\n<<<<<<< HEAD\n=======\n>>>>>>> other", 1), ", line 2: found '<<<<<<< HEAD'"),
    "not UTF-8": (GOOD.replace(b"One", b"\xe9"), ", line 7: found byte 0xe9"),
    "UTF-16": (GOOD.decode().encode("utf-16"), ", line 1: found byte 0xff"),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, ", offset 0: found a byte order mark"),
    "empty": (b"", ": found an empty file"),
    "blank": (b" \n", ": found an empty file"),
    "truncated": (GOOD[:200], ", line 13: found the end of the file before the end of the notebook"),
    "comma": (GOOD.replace(b"[", b"[,", 1), ", line 2: found JSON that cannot be read (Expecting value, column 12)"),
    "list": (b"[]", ": found a list; expected a notebook"),
    "nested": (b'{"a":' * 100_000 + b"}", ": found JSON that is nested too deeply"),
    "long number": (b'{"a": 1' + b"0" * 5000 + b"}", ": found JSON that cannot be read"),
    "no version": (
        stored({"cells": []}),
        ": found nbformat None and nbformat_minor None; expected the numbers 4 and 5",
    ),
    "text as version": (stored(notebook(nbformat="4")), ": found nbformat '4' and nbformat_minor 5"),
    "too old": (
        stored(notebook(nbformat=3, nbformat_minor=0)),
        ": found notebook format 3.0; expected format 4: run `",
    ),
    "too new": (
        stored(notebook(nbformat=5, nbformat_minor=0)),
        ": found notebook format 5.0; expected format 4.5 or an older one of 4",
    ),
    "minor too new": (stored(notebook(nbformat_minor=6)), ": found notebook format 4.6"),
    "no metadata": (
        stored({"cells": [], "nbformat": 4, "nbformat_minor": 5}),
        ": found 'metadata' is a required property",
    ),
    "no list of cells": (stored(notebook(cells={})), ": found cells: {} is not of type 'array'"),
    "kind of cell": (
        stored(notebook(cell("raw"), cell("markdwn"))),
        ", cell 2: found cell_type 'markdwn'; expected a cell_type: code, markdown or raw (nearest: 'markdown')",
    ),
    "no cell": (stored(notebook("x")), ", cell 1: found a string; expected a cell"),
    "source": (stored(notebook(cell("raw", 5))), ", cell 1: found source: 5 is not valid"),
    "output": (stored(notebook(cell("code", outputs=[{"output_type": "odd"}]))), ", cell 1: found outputs / 0: "),
    "same id": (stored(notebook(cell("code"), cell("code"))), ", cell 2: found id 'code-1' again, first in cell 1"),
    "kernel": (
        stored(notebook(metadata={"kernelspec": {"display_name": "x", "name": "Python 3.11.7 64-bit (.venv: venv)"}})),
        ", line 6: found kernel 'Python 3.11.7 64-bit (.venv: venv)'; expected 'python3'",
    ),
    "outputs": (
        stored(
            notebook(cell("code", id="a"), cell("code", outputs=OUTPUT, id="b"), cell("code", outputs=OUTPUT, id="c"))
        ),
        ", cells 2 and 3: found outputs; expected none: clear all outputs and save",
    ),
    "count": (stored(notebook(cell("code", execution_count=3))), ", cell 1: found an execution count; expected none"),
    "times": (
        stored(notebook(cell("code", metadata={"execution": {"iopub.execute_input": "2026-01-01"}}))),
        ", cell 1: found times of execution",
    ),
    "attachment": (stored(notebook(cell("markdown", attachments=PICTURE))), ", cell 1: found attached files (a.png)"),
    "widgets": (stored(notebook(metadata=WIDGETS)), ", metadata / widgets: found the state of widgets"),
    "text in metadata": (
        stored(notebook(cell("raw", metadata={"note": "one two three four five six seven eight"}))),
        ", cell 1, metadata / note: found 'one two three four five six seven eight', a text that no page shows",
    ),
    "long metadata": (stored(notebook(metadata={"a": [{"b": "x" * 201}]})), ", metadata / a / b: found 'xxx"),
    "text as name": (
        stored(notebook(metadata={"one two three four five six seven eight": 1})),
        ", metadata / one two three four five six seven eight: found 'one two three four five six seven eight'",
    ),
    "home": (
        stored(notebook(metadata={"papermill": {"input_path": "/home/me/x.ipynb"}})),
        ", metadata / papermill / input_path: found '/home/me/x.ipynb'",
    ),
    "Windows": (stored(notebook(cell("raw", metadata={"a": ["C:\\Users\\me"]}))), ", cell 1, metadata / a: found "),
    "this folder": (stored(notebook(metadata={"a": f"in {paths.ROOT}"})), ", metadata / a: found "),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_named_with_its_place(tmp_path, kind):
    raw, telling = FAULTS[kind]
    path = tmp_path / "one.ipynb"
    path.write_bytes(raw)
    (fault,) = notebooks.faults(path)
    assert str(fault).startswith(f"{path}{telling}")


@pytest.mark.parametrize(
    "value",
    [
        notebook(
            cell("markdown", "# One"),
            cell("code", ["1\n", "2"], metadata={"vscode": {"languageId": "python"}, "tags": ["remove-cell"]}),
        ),
        notebook(metadata={}),
        notebook({"cell_type": "raw", "metadata": {}, "source": ""}, nbformat_minor=4),
        notebook(metadata=WIDGETS_WITHOUT_STATE),
        notebook(
            cell(
                "code", metadata={"mystnb": {"figure": {"caption": "A caption may be as long as a caption has to be."}}}
            )
        ),
        notebook(
            metadata={
                "language_info": {"name": "python", "mimetype": "text/x-python", "version": "3.11.2"},
                "url": "https://example.org/data/x",
            }
        ),
    ],
    ids=["VS Code", "no kernel", "4.4", "widgets", "caption", "language"],
)
def test_what_other_programs_write_is_no_fault(tmp_path, value):
    path = tmp_path / "one.ipynb"
    path.write_bytes(stored(value))
    assert notebooks.faults(path) == []


def test_all_faults_of_a_notebook_are_told_at_once(tmp_path):
    path = tmp_path / "one.ipynb"
    path.write_bytes(
        stored(
            notebook(
                cell("code", outputs=OUTPUT),
                cell("markdown", attachments=PICTURE, metadata={"x": "file:///x"}),
                metadata=WIDGETS,
            )
        )
    )
    assert len(notebooks.faults(path)) == 4


# What goes wrong when they run


@pytest.mark.parametrize("kind", ["conflict", "not UTF-8", "empty", "list", "too old", "kernel"])
def test_a_notebook_that_cannot_be_started_is_named(tmp_path, kind):
    raw, telling = FAULTS[kind]
    path = tmp_path / "one.ipynb"
    path.write_bytes(raw)
    assert execution._execute(path, 10).startswith(f"{path}{telling}")


def test_any_other_exception_is_named_too(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError("in the midst of it " + "x" * 5000)

    path = tmp_path / "one.ipynb"
    path.write_bytes(GOOD)
    monkeypatch.setattr(execution, "single_nb_execution", fail)
    said = execution._execute(path, 10)
    assert said.startswith(f"{path}: ZeroDivisionError: in the midst of it x") and len(said) < 1500


@pytest.mark.parametrize(
    ("error", "telling"),
    [
        (DeadKernelError("dead"), ", cell 2: the kernel died"),
        (CellTimeoutError("no end"), ", cell 2:\nno end\nThe limit is execute / timeout in _config.yml"),
        (RuntimeError("Kernel died before replying to kernel_info"), ": RuntimeError: Kernel died before replying"),
    ],
    ids=["dead kernel", "time-out", "dead at its start"],
)
def test_a_kernel_that_does_not_go_on_is_told_with_the_cell(tmp_path, monkeypatch, error, telling):
    def fail(*_, **__):
        raise error

    path = tmp_path / "one.ipynb"
    path.write_bytes(GOOD)
    monkeypatch.setattr(execution, "single_nb_execution", fail)
    assert execution._execute(path, 10).startswith(f"{path}{telling}")


def test_a_missing_kernel_is_named(tmp_path, monkeypatch):
    path = tmp_path / "one.ipynb"
    path.write_bytes(GOOD)

    def no_kernel(notebook, **_):
        return single_nb_execution(notebook, cwd=None, timeout=10, allow_errors=False, kernel_name="no-such-kernel")

    single_nb_execution = execution.single_nb_execution
    monkeypatch.setattr(execution, "single_nb_execution", no_kernel)
    assert execution._execute(path, 10) == f"{path}: NoSuchKernel: No such kernel named no-such-kernel"


def test_a_notebook_that_cannot_be_read_is_no_reason_to_throw_results_away(tmp_path, monkeypatch):
    monkeypatch.setattr(execution.paths, "NOTEBOOK_CACHE", tmp_path / "cache")
    (tmp_path / "one.ipynb").write_bytes(b"[")
    running = execution.Execution({})
    running.folder.mkdir(parents=True)
    (running.folder / "kept").touch()
    assert running._without_result([tmp_path / "one.ipynb"]) == [tmp_path / "one.ipynb"]
    assert (running.folder / "kept").exists()


def test_no_place_for_results_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(execution.paths, "NOTEBOOK_CACHE", tmp_path / "cache")
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    (tmp_path / "one.ipynb").write_bytes(GOOD)
    with pytest.raises(execution.ExecutionError, match="the results of the notebooks cannot be kept in .*cache"):
        execution.Execution({}).start([tmp_path / "one.ipynb"], 10)


# They run


async def run_alone(name, turn):
    """Run a notebook in a kernel of its own, from its own folder; return it, or what went wrong."""
    notebook = nbformat.read(paths.BOOK / name, as_version=4)
    if any(cell.cell_type == "code" for cell in notebook.cells):
        environment = os.environ | {"PYTHONPATH": str(paths.ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        client = NotebookClient(
            notebook, timeout=120, resources={"metadata": {"path": str((paths.BOOK / name).parent)}}
        )
        async with turn:
            try:
                await client.async_execute(env=environment)
            except Exception as error:  # whatever it is, it is that notebook's failure alone
                return error
    return notebook


@pytest.fixture(scope="module")
def finished_notebooks():
    """Every notebook after a run of its own, as many at a time as there are processors."""

    async def run_all():
        turn = asyncio.Semaphore(os.cpu_count() or 1)
        return await asyncio.gather(*(run_alone(name, turn) for name in NOTEBOOKS))

    return dict(zip(NOTEBOOKS, asyncio.run(run_all()), strict=True))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_runs_alone_from_top_to_bottom_and_prints_nothing(name, finished_notebooks):
    notebook = finished_notebooks[name]
    if isinstance(notebook, Exception):
        raise notebook
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and "".join(cell.source).strip()]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [output for cell in cells for output in cell.outputs if output.output_type in ("stream", "error")] == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_number_it_offers_stands_in_a_sentence(name, finished_notebooks):
    """A number without a sentence would ask the author for a permission that means nothing."""
    outputs = [output for cell in finished_notebooks[name].cells if cell.cell_type == "code" for output in cell.outputs]
    scraps = [scrap for output in outputs if (scrap := output.get("metadata", {}).get("scrapbook"))]
    offered = {scrap["name"].removesuffix("_cap") for scrap in scraps if scrap["mime_prefix"]}
    used = re.findall(r"\{glue:text\}`(\w+)`", "".join("".join(cell["source"]) for cell in read(name)["cells"]))
    assert offered == {key.removesuffix("_cap") for key in used}
