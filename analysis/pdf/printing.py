"""Print the built book as one PDF: read the pages, join them, hand them to WeasyPrint."""

import gc
import os
import re
import warnings
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

from ..base import citation
from ..base.faults import PdfError
from . import document, layout, pages

SYSTEM_LIBRARIES = {
    "Debian": "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "macOS": "brew install pango",
}


def missing():
    """Say what the PDF needs and this machine lacks.

    Returns
    -------
    str
        Empty if everything can be loaded, else one line with the commands
        that install it.
    """
    try:
        # WeasyPrint prints its own advice, and warns where the machine shows it no fonts: the book brings its own.
        with redirect_stdout(StringIO()), warnings.catch_warnings(action="ignore"):
            import weasyprint  # noqa: F401
    except ImportError as error:
        return f"the PDF needs the package {error.name or 'weasyprint'}: pip install -r requirements.txt"
    except OSError as error:
        library = re.search(r"library '?([\w.+-]+)", str(error))
        commands = "; ".join(f"{system}: {command}" for system, command in SYSTEM_LIBRARIES.items())
        return f"the PDF needs the system library {library[1] if library else 'Pango'} ({commands})"
    return ""


def write(html_folder, target):
    """Print all pages of a built book.

    Parameters
    ----------
    html_folder : Path
        The folder of HTML pages, with ``index.html`` in it.
    target : Path
        The PDF to write. Written only when all of it is good.

    Raises
    ------
    PdfError
        If a library, a page, a picture or a link's target is missing, or a
        character is in none of the bundled fonts.
    """
    if lack := missing():
        raise PdfError(lack)
    work = citation.read()
    with steadily(work.epoch):
        chapters = pages.read_book(Path(html_folder))
        pages.resolve_links(chapters)
        layout.check_characters(chapters)
        printed = layout.lay_out(document.document(chapters, work), Path(html_folder))
    Path(target).write_bytes(printed)


@contextmanager
def steadily(epoch):
    """Date the subsets of fonts by the release, not by the time of day, and pause the search for garbage.

    Nearly all that is made stays until the pages are written; looking for
    garbage among it takes a fifth of the time.

    Parameters
    ----------
    epoch : int
        The release date, in seconds since 1970.
    """
    before, was_on = os.environ.get("SOURCE_DATE_EPOCH"), gc.isenabled()
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    gc.disable()
    try:
        yield
    finally:
        del os.environ["SOURCE_DATE_EPOCH"]
        os.environ.update({} if before is None else {"SOURCE_DATE_EPOCH": before})
        if was_on:
            gc.enable()
