"""The colophon: what the book was made from, with what, and where that was seen to give the same bytes."""

import sys

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from .. import paths
from ..build import lock
from . import tables
from .book import telling


class Colophon(SphinxDirective):
    """``colophon``: a table of ``packages`` or of ``inputs``, or a sentence on the ``system``."""

    required_arguments = 1

    def run(self):
        kinds = {"packages": self.packages, "inputs": self.inputs, "system": self.system}
        if self.arguments[0] not in kinds:
            raise self.error(f"no part {self.arguments[0]!r} of a colophon; there are {', '.join(kinds)}")
        return kinds[self.arguments[0]]()

    def packages(self):
        """Return the table of direct dependencies."""
        with telling():
            rows = [
                (nodes.literal("", name), *map(nodes.Text, (*more, reason.replace("`", ""))))
                for name, *more, reason in lock.dependencies()
            ]
        return [_table(("Package", "Version", "Licence", "What for"), rows)]

    def inputs(self):
        """Return the table of the saved files and the data."""
        rows = [
            (nodes.literal("", name), nodes.literal("", value, classes=["sha256"]))
            for name, value in self.env.app.report.input_files.items()
            if name.startswith(paths.SHOWN)
        ]
        return [_table(("File", "SHA-256"), rows)]

    def system(self):
        """Return the paragraph on the Python used and the system the identity was seen on."""
        text = (
            f"This build ran under Python {sys.version_info.major}.{sys.version_info.minor}. "
            f"Two builds from two clones were compared byte for byte on {lock.TESTED_ON}; elsewhere numbers and words are the same, "
            "but a drawing or the PDF may differ in bytes."
        )
        return [nodes.paragraph(text, text)]


def _table(heads, rows):
    table = nodes.table("", classes=["result", "colophon"])
    table += tables.group(tables.row(heads), map(tables.row, rows))
    return nodes.container("", table, classes=["table-wrap"])


def setup(app):
    """Register the directive."""
    app.add_directive("colophon", Colophon)
