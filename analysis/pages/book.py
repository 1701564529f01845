"""The book that is being built: what the parts of the extension share, kept in one place."""

from contextlib import contextmanager
from dataclasses import dataclass, field

from sphinx.errors import ExtensionError

from ..base.faults import DataError


@dataclass
class Book:
    """What the extension knows of the book; Sphinx's application holds it as ``report``.

    Attributes
    ----------
    input_files : dict of str to str
        As :func:`analysis.build.inputs.files` returns it.
    execution : analysis.build.execution.Execution
        The notebooks that run.
    work : analysis.base.citation.Work
        The report, as it is cited.
    redirects : pandas.DataFrame
        As :func:`analysis.cite.redirects.read` returns it.
    study : analysis.coding.study.Study
        All data.
    dates : dict of str to str
        The date of every article and event, as EDTF.
    places : list of analysis.cite.references.Place
        Everything that has an address to cite, in the order of the book.
    downloads : pandas.DataFrame
        As :func:`analysis.downloads.write` returns it.
    pages_read, pages_gone : bool
        Whether a page was read in this build, and whether one is gone since the last.
    """

    input_files: dict = field(default_factory=dict)
    execution: object = None
    work: object = None
    redirects: object = None
    study: object = None
    dates: dict = field(default_factory=dict)
    places: list = field(default_factory=list)
    downloads: object = None
    pages_read: bool = False
    pages_gone: bool = False

    @property
    def downloads_state(self):
        """The SHA-256 of the list of all sums, which changes with any file."""
        return self.downloads.at[self.downloads.index[-1], "sha256"]


@contextmanager
def telling(*kinds):
    """Turn faults in the data, and errors of other kinds given, into an error that Sphinx prints without a traceback."""
    try:
        yield
    except (DataError, *kinds) as error:
        raise ExtensionError(str(error)) from None


def in_order(env, doc):
    """Yield a page and the pages below it, in the order of the table of contents.

    Parameters
    ----------
    env : sphinx.environment.BuildEnvironment
    doc : str

    Yields
    ------
    str
    """
    yield doc
    for child in env.toctree_includes.get(doc, []):
        yield from in_order(env, child)
