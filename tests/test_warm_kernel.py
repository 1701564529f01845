"""Kernels forked from a warm process behave as kernels that start from nothing."""

import os

import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from analysis import paths
from analysis.build import warm_kernel

pytestmark = pytest.mark.book  # each starts a kernel
needs_fork = pytest.mark.skipif(
    not warm_kernel.available(), reason="this system cannot fork, or the project is not installed"
)


def run(*sources, warm=True, timeout=60):
    """The notebook made of these cells, executed."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, timeout=timeout, resources={"metadata": {"path": str(paths.BOOK)}})
    if warm:
        with warm_kernel.as_default():
            return client.execute()
    return client.execute()


def said(notebook):
    """What the cells printed or showed, without counts and addresses."""
    return [[(o.get("text"), o.get("data")) for o in cell.outputs] for cell in notebook.cells]


@needs_fork
def test_the_provisioner_is_used_only_inside_the_context():
    before = KernelProvisionerFactory.instance().default_provisioner_name
    with warm_kernel.as_default():
        assert KernelProvisionerFactory.instance().default_provisioner_name == warm_kernel.NAME
    assert KernelProvisionerFactory.instance().default_provisioner_name == before


@needs_fork
def test_a_warm_kernel_is_a_fork_with_a_namespace_of_its_own():
    loaded = "print(os.getppid(), 'pandas' in sys.modules, 'analysis.coding.study' in sys.modules)"
    first = said(run(f"import os, sys\n{loaded}\nleft_behind = 1\nfrom analysis.base import dates\ndates.MONTHS = ()"))
    second = said(
        run(
            f"import os, sys\n{loaded}\nfrom analysis.base import dates\nprint('left_behind' in globals(), len(dates.MONTHS))"
        )
    )
    (parent, *warm), (other, *again) = first[0][0][0].split(), second[0][0][0].split()
    assert parent == other != str(os.getpid())
    assert (warm, again) == (["True", "True"], ["True", "True", "False", "12"])


@needs_fork
@pytest.mark.parametrize(
    "source",
    [
        "print(__name__, __import__('os').getcwd())",
        "2 + 2",
        "from IPython.display import HTML\nHTML('<b>bold</b>')",
        "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
        "import sys\nprint('to the error stream', file=sys.stderr)",
        "!echo from the shell",
        "import matplotlib.pyplot as plt\nprint(plt.get_backend(), plt.isinteractive())\nplt.plot([1, 2]);",
    ],
)
def test_outputs_are_those_of_a_plain_kernel(source):
    assert said(run(source)) == said(run(source, warm=False))


@needs_fork
def test_a_failing_cell_fails_and_a_hung_cell_is_stopped():
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        run("1 / 0")
    with pytest.raises(CellTimeoutError):
        run("import time\ntime.sleep(60)", timeout=2)


@needs_fork
def test_no_kernel_outlives_its_notebook():
    number = int(said(run("import os\nprint(os.getpid())"))[0][0][0])
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


@needs_fork
@pytest.mark.slow
@pytest.mark.parametrize("name", ["islands", "conclusion", "statement-table"])
def test_a_notebook_of_the_book_has_the_same_outputs_either_way(name):
    sources = [
        c.source for c in nbformat.read(paths.BOOK / f"{name}.ipynb", as_version=4).cells if c.cell_type == "code"
    ]
    assert said(run(*sources)) == said(run(*sources, warm=False))
