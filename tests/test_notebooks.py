"""Notebooks: stored clean, and each runs alone from top to bottom."""

import asyncio
import json
import os
import re

import nbformat
import pytest
from nbclient import NotebookClient

from analysis import paths

NOTEBOOKS = sorted(path.relative_to(paths.BOOK).as_posix() for path in paths.BOOK.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
FORGIVING_TAGS = {"raises-exception", "skip-execution"}


def read(name):
    """The notebook as stored."""
    return json.loads((paths.BOOK / name).read_text(encoding="utf-8"))


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 10


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_is_a_valid_notebook(name):
    nbformat.validate(nbformat.read(paths.BOOK / name, as_version=4))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_is_stored_without_outputs_and_counts(name):
    for number, cell in enumerate(read(name)["cells"], start=1):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], f"cell {number} has outputs"
            assert cell["execution_count"] is None, f"cell {number} has an execution count"
        assert "attachments" not in cell, f"cell {number} has attachments"
        assert "execution" not in cell["metadata"], f"cell {number} has times of execution"


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
    assert read(name)["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_it_stays_thin_and_imports_only_what_the_project_brings(name):
    """Analysis lives in the package; nothing is installed, fetched or written from a notebook."""
    for number, cell in enumerate(read(name)["cells"], start=1):
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            assert not re.search(r"^\s*[%!]|\bopen\(|to_csv\(|urlopen|requests\.|subprocess", source, re.MULTILINE), f"cell {number}: {source}"


async def run_alone(name, turn):
    """Run a notebook in a kernel of its own, from its own folder; return it, or what went wrong."""
    notebook = nbformat.read(paths.BOOK / name, as_version=4)
    if any(cell.cell_type == "code" for cell in notebook.cells):
        environment = os.environ | {"PYTHONPATH": str(paths.ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str((paths.BOOK / name).parent)}})
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
