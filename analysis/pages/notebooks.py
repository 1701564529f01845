"""Have notebooks run while Sphinx reads the other pages, and pages read and written again when what they show has changed."""

from pathlib import Path

from ..build import inputs, warm_kernel
from ..build.execution import Execution, ExecutionError
from .book import telling


def key_by_inputs(app, config):
    """Give the notebook cache a folder of its own for every state of the shared inputs.

    Jupyter Book's cache knows a notebook by its code cells only; a changed
    statement table would leave the old numbers in place.
    """
    app.report.input_files = inputs.files()
    app.report.execution = Execution(app.report.input_files)
    if config.nb_execution_mode == "cache":
        config.nb_execution_cache_path = str(app.report.execution.folder)
        if not app.report.execution.folder.exists():
            warm_kernel.prepare()  # the libraries load while Sphinx does


def read_again(app, env, added, changed, removed):
    """Have Sphinx read every page again when something changed that any page may show."""
    app.report.pages_gone = bool(removed)
    now = inputs.digest(inputs.of_every_page(app.report.input_files), *inputs.settings().values())
    before, env.report_inputs = getattr(env, "report_inputs", None), now
    return [] if now == before else env.found_docs


def write_again(app, env):
    """Have Sphinx write every page when one was read or is gone: pages show who cites them, and numbers from other pages."""
    return sorted(env.found_docs) if app.report.pages_read or app.report.pages_gone else []


def start_early(app):
    """Start the notebooks at once if no page has ever been read: all will be, and Sphinx has other things to do before."""
    if not app.env.all_docs:
        _start(app, app.env.found_docs)


def order(app, env, docnames):
    """Start the notebooks that have no result; Jupyter Book would run each when it reads its page, one after another.

    The largest runs first, so that it does not run alone at the end. The pages
    without code are read first, then the notebooks in the order in which they
    end, most likely: as they run, but for the largest, which is read last.
    """
    app.report.pages_read = bool(docnames)
    notebooks = _start(app, docnames)
    pages = sorted(set(docnames) - set(notebooks))
    docnames[:] = [*pages, *notebooks[1:], *notebooks[:1]]


def _start(app, docnames):
    """Start the notebooks among some pages, and return their names as they run."""
    found = {name: Path(app.env.doc2path(name)) for name in docnames}
    notebooks = sorted(
        (name for name, path in found.items() if path.suffix == ".ipynb"),
        key=lambda name: (-found[name].stat().st_size, name),
    )
    if app.config.nb_execution_mode == "cache":
        with telling(ExecutionError):
            app.report.execution.start([found[name] for name in notebooks], app.config.nb_execution_timeout)
    return notebooks


def wait(app, docname, content):
    """Have Sphinx wait for the notebook it is about to read."""
    with telling(ExecutionError):
        app.report.execution.wait_for(Path(app.env.doc2path(docname)))


def finish(app, _):
    """Keep the results when all pages are read; when the build fails, end the notebooks that still run."""
    with telling(ExecutionError):
        app.report.execution.finish()
