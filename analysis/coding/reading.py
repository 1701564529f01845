"""Reading all tables, one part after another, until every fault is known."""

from .. import paths
from ..base import constraints, schema, tables
from ..base.faults import DataError, Fault, raise_any
from ..corpus import texts as corpora
from . import codebook as codebooks
from . import decisions as deciding
from . import matching
from . import passes as coding
from . import statements as checks

# What statements are made from; the other tables may refer to statements.
BEFORE_STATEMENTS = ("articles", "zones", "actors", "coding", "decisions")
CODED = ("statements", "no_statement")


class Reading:
    """Reads and checks one part after another, and keeps all faults.

    Parameters
    ----------
    seeds, data : Path
        Folders of the files and of the tables.
    bibliography : set of str, optional
        The keys of the bibliography; without it they are not looked up.
    chosen : sequence of str, optional
        Names of the tables to read; all by default.
    """

    def __init__(self, seeds, data, bibliography=None, chosen=None):
        self.data, self.faults, self.frames, self.known, self.names = data, [], {}, {}, {}
        self.package = schema.load(data)
        raise_any([
            Fault(self.name(schema.FILE), "", f"no table {name!r}", "a description of this table, which every study has")
            for name in (*BEFORE_STATEMENTS, *CODED, "passages", "actor_roles", "redactions")
            if name not in self.package.tables
        ])  # fmt: skip
        self.tables = [table for name, table in self.package.tables.items() if chosen is None or name in chosen]
        self.codebook = self.attempt(codebooks.load, data / codebooks.FILE)
        self.files = self.attempt(corpora.read_files, seeds)
        self.keys = bibliography
        for table in self.tables:
            for path in table.paths:
                frame = self.attempt(tables.read, data / path, table.columns)
                if frame is not None:
                    self.frames[path] = frame
        self.corpus = None
        self.remember()
        for name, check, *more in (
            ("statements", checks.check_ids, "-"),
            ("passages", checks.check_ids, "-p"),
            ("actors", coding.check_names),
        ):
            if (frame := self.frame(name)) is not None:
                self.faults += check(frame, *more, self.name(self.package.tables[name].paths[0]))
        core = [table for table in self.tables if table.name in ("articles", "zones")]
        self.check_columns(core)
        self.corpus = self.lay_out()
        if self.corpus is not None:
            self.known["sentences.sentence"] = constraints.Known(
                set(self.corpus.sentences["sentence"]), "a sentence of the corpus"
            )
        self.check_columns([table for table in self.tables if table not in core])

    def attempt(self, reader, *arguments):
        """Return what a reader returns, or None where it raises faults."""
        try:
            return reader(*arguments)
        except DataError as error:
            self.faults += error.faults
            return None

    def name(self, path):
        """The name of a table's file in messages."""
        if path not in self.names:
            self.names[path] = paths.relative(self.data / path)
        return self.names[path]

    def good(self, *tables):
        """Whether all files of some tables were read and no fault is known in any of them."""
        files = [path for table in tables for path in self.package.tables[table].paths]
        bad = {fault.file for fault in self.faults}
        return all(path in self.frames and self.name(path) not in bad for path in files)

    def frame(self, table):
        """The rows of a table of one file, or None if it cannot be read."""
        return self.frames.get(self.package.tables[table].paths[0])

    def remember(self):
        """Note the values that columns may refer to: parts of the codebook, files, entries of the bibliography."""
        if self.codebook is not None:
            for part in codebooks.PARTS:
                values = self.codebook.keys(part)
                self.known[f"codebook.{part}"] = constraints.Known(values, "one of " + ", ".join(values))
            self.known["issues.issue"] = self.known["codebook.issues"]
        if self.files is not None:
            self.known["files.seed"] = constraints.Known(set(self.files[0]), "the name of a file in seeds/")
        if self.keys is not None:
            self.known["bibliography"] = constraints.Known(self.keys, "a key of the bibliography")

    def check_columns(self, tables):
        """Check all columns of some tables, those first that others refer to."""
        targets = {
            target for table in self.package.tables.values() for column in table.fields for target in column.among
        }
        garbled = set()
        waiting = [
            (table, column, f"{table.name}.{column.name}" in targets) for table in tables for column in table.fields
        ]
        for table, column, target in sorted(waiting, key=lambda item: not item[2]):
            for path in table.paths:
                if path not in self.frames:
                    continue
                found = constraints.check_column(self.frames[path], column, self.name(path), self.known)
                self.faults += found
                garbled |= {path} if found and column.type == "integer" else set()
                if (
                    target
                    and not found
                    and not any(
                        (fault.file, fault.found.split(" ")[0]) == (self.name(path), column.name)
                        for fault in self.faults
                    )
                ):
                    one = column.name.removesuffix("s") if column.separator else column.name
                    article = "an" if one[0] in "aeiou" else "a"
                    self.known[f"{table.name}.{column.name}"] = constraints.Known(
                        constraints.values(self.frames[path], column), f"{article} {one} of {path}"
                    )
        for table in tables:
            for path in table.paths:
                if path not in self.frames:
                    continue
                if not any(fault.file == self.name(path) and fault.found.endswith("again") for fault in self.faults):
                    self.faults += constraints.check_keys(self.frames[path], table, self.name(path))
                frame = self.frames.pop(path)
                if path not in garbled:  # without its offsets no other check can use a table
                    self.frames[path] = constraints.typed(frame, table)

    def lay_out(self):
        """Return the corpus, or None where its files or tables have faults."""
        if self.files is None or self.frame("articles") is None or self.frame("zones") is None:
            return None
        articles, zones, texts = self.frame("articles"), self.frame("zones"), self.files[0]
        if texts.keys() & set(zones["seed"]):
            self.faults += corpora.check_zones(zones, articles, texts, self.name("zones.csv"))
        return corpora.lay_out(*self.files, articles, zones) if self.good("articles", "zones") else None

    def read_passes(self):
        """Return passes, units, decisions and what they settle; None where any has a fault."""
        sentences, passes = self.corpus.sentences, {}
        for path in self.package.tables["coding"].paths:
            if path in self.frames:
                self.faults += coding.check(self.frames[path], sentences, self.name(path))
                passes[pass_name(path)] = self.frames[path]
        if not self.good("coding", "actors") or self.frame("decisions") is None or self.codebook is None:
            return None
        actors = self.frame("actors").set_index("actor")
        passes = {name: coding.anchor(table, sentences, actors) for name, table in passes.items()}
        units, name = matching.match(passes), self.name(self.package.tables["decisions"].paths[0])
        differing, decisions = matching.disagreements(passes, units), self.frame("decisions")
        columns = {column.name: column.among for column in self.package.tables["statements"].fields}
        allowed = {
            variable: self.known[among[0]] for variable, among in columns.items() if among and among[0] in self.known
        }
        self.faults += deciding.check(
            decisions, differing, units, allowed | {"reason": self.known["codebook.reasons"]}, name
        )
        if not self.good("decisions"):
            return None
        decisions = decisions.assign(settings=[deciding.settings(text) for text in decisions["settled"]])
        settled = self.attempt(deciding.settle, passes, units, decisions, sentences, self.codebook, name)
        excused = (
            None if settled is None else self.attempt(deciding.excuse, passes, decisions, settled, sentences, name)
        )
        return None if excused is None else (passes, units, decisions, settled, excused)


def pass_name(path):
    """Return the name of a pass, such as ``a`` for ``coding/pass_a.csv``."""
    return path.rsplit("/", 1)[-1].removesuffix(".csv").removeprefix("pass_")
