"""The Sphinx domain of statements: where each one stands and who cites it."""

from sphinx.domains import Domain, ObjType
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

logger = logging.getLogger(__name__)


class StatementDomain(Domain):
    """Statements and passages as citable objects.

    ``data`` holds ``anchors`` (id to page), ``citations`` (page to the ids it
    cites, in order) and ``faults`` (page to messages).
    """

    name = "statement"
    label = "Statement"
    object_types = {"statement": ObjType("statement", "cite")}
    initial_data = {"anchors": {}, "citations": {}, "faults": {}}
    data_version = 1

    def note_anchor(self, identifier):
        """Record that the page being read marks the passage `identifier`."""
        self.data["anchors"][identifier] = self.env.docname

    def note_citation(self, identifier):
        """Record a citation and return its number on this page, from 1."""
        cited = self.data["citations"].setdefault(self.env.docname, [])
        cited.append(identifier)
        return cited.count(identifier)

    def note_fault(self, message):
        """Record a fault of the page being read; the build stops once all pages are read."""
        self.data["faults"].setdefault(self.env.docname, []).append(message)

    def clear_doc(self, docname):
        self.data["anchors"] = {key: doc for key, doc in self.data["anchors"].items() if doc != docname}
        self.data["citations"].pop(docname, None)
        self.data["faults"].pop(docname, None)

    def merge_domaindata(self, docnames, otherdata):
        self.data["anchors"].update({key: doc for key, doc in otherdata["anchors"].items() if doc in docnames})
        for part in ("citations", "faults"):
            self.data[part].update({doc: value for doc, value in otherdata[part].items() if doc in docnames})

    def check_consistency(self):
        """Stop the build when a page has a fault or cites a passage no page marks.

        Raises
        ------
        sphinx.errors.ExtensionError
            Names every fault with its page.
        """
        faults = [fault for doc in sorted(self.data["faults"]) for fault in self.data["faults"][doc]]
        for doc, cited in sorted(self.data["citations"].items()):
            for identifier in sorted(set(cited)):
                if identifier not in self.data["anchors"]:
                    faults.append(f"{doc}: {identifier} is cited, but no source page marks it")
        if faults:
            raise ExtensionError("the pages have faults:\n  " + "\n  ".join(faults))

    def resolve_xref(self, env, fromdocname, builder, typ, target, node, contnode):
        docname = self.data["anchors"].get(target)
        if docname is None:
            return None
        return make_refnode(builder, fromdocname, docname, target, contnode, node.get("reftitle"))

    def resolve_any_xref(self, env, fromdocname, builder, target, node, contnode):
        return []

    def get_objects(self):
        for identifier, docname in sorted(self.data["anchors"].items()):
            yield identifier, identifier, "statement", docname, identifier, 1
