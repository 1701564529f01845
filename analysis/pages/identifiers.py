"""Lasting ids: the one an author gave stands first, and none is left to chance.

docutils numbers what has no name of its own (``id1``, ``id2``), and the numbers
change whenever a page does.
"""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

from ..cite import addresses

_VERSION = re.compile(r"\[?(\d+\.\d+\.\d+)\]?")


class LastingIds(SphinxTransform):
    """Give every section an id that a citation can rely on.

    The target an author wrote above a heading comes first, so that links,
    tables of contents and the mark beside the heading all use it; the id made
    from the words of the heading stays as a second one. It runs before
    Sphinx's domains note where their labels lead.
    """

    default_priority = 840

    def apply(self, **kwargs):
        for section in self.document.findall(nodes.section):
            self.name_targets(section)
            lasting = [identifier for identifier in section["ids"] if not addresses.AUTOMATIC.fullmatch(identifier)]
            version = _VERSION.match(section.next_node(nodes.title).astext())
            above = (
                section.parent["ids"][0] if isinstance(section.parent, nodes.section) and section.parent["ids"] else ""
            )
            if version:
                lasting = ["version-" + version[1].replace(".", "-")]
            elif above.startswith("version-"):  # every version has its "Added"
                lasting = [f"{above}-{nodes.make_id(section.next_node(nodes.title).astext())}"]
            if lasting:
                for identifier in set(section["ids"]) - set(lasting):
                    self.rename(identifier, lasting[0])
                section["ids"] = lasting
                self.document.ids.update(dict.fromkeys(lasting, section))

    def name_targets(self, section):
        """Put the ids of the author's own targets first."""
        explicit = [name for name in section["names"] if self.document.nametypes.get(name)]
        first = []
        for name in explicit:
            wanted = nodes.make_id(name)
            identifier = self.document.nameids.get(name)
            if identifier != wanted and wanted in section["ids"]:
                self.rename(identifier, wanted)
                identifier = wanted
            if identifier in section["ids"] and identifier not in first:
                first.append(identifier)
        section["ids"] = first + [identifier for identifier in section["ids"] if identifier not in first]

    def rename(self, old, new):
        """Let names and references that use an id use another."""
        for name, identifier in self.document.nameids.items():
            if identifier == old:
                self.document.nameids[name] = new
        for node in self.document.findall(lambda node: isinstance(node, nodes.Element) and node.get("refid") == old):
            node["refid"] = new
        self.document.ids.pop(old, None)


def settle_bibliography(app, config):
    """Name the entries of the bibliography by their keys."""
    config.bibtex_cite_id = "ref-{key}"
    config.bibtex_bibliography_id = "bibliography-{bibliography_count}"


def setup(app):
    """Register the transform."""
    app.connect("config-inited", settle_bibliography, priority=100)
    app.add_transform(LastingIds)
