"""The study: everything that the tables, figures and pages are made from. Loading it is checking it."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from .. import paths
from ..base import schema
from ..base.faults import Fault, raise_any
from ..corpus import redactions
from ..corpus import texts as corpora
from . import codebook as codebooks
from . import matching
from . import statements as checks
from .reading import BEFORE_STATEMENTS, CODED, Reading


@dataclass(frozen=True)
class Study:
    """Everything the tables, figures and pages are made from.

    Every table of ``datapackage.json`` is an attribute of its name, such as ``study.events``, as it stands in its file;
    those listed here have more.

    Attributes
    ----------
    package : analysis.base.schema.Package
        The definitions of the tables.
    corpus : analysis.corpus.texts.Corpus
    codebook : analysis.coding.codebook.Codebook
    actors : pandas.DataFrame
        Indexed by ``actor``.
    roles : pandas.DataFrame
        How each article introduces an actor, in its own words: the columns of ``actor_roles.csv`` and ``line``.
    statements : pandas.DataFrame
        Indexed by ``id``, in reading order; the columns of ``statements.csv``
        and ``sentence, paragraph, line, group``.
    no_statement : pandas.DataFrame
        The columns of ``no_statement.csv`` and ``sentence``.
    passages : pandas.DataFrame
        Quotable passages that carry no coded statement, indexed by ``id``; the columns of ``passages.csv`` and
        ``paragraph, line, zone``.
    passes : dict of str to pandas.DataFrame
        The coding passes by name; see :func:`analysis.coding.passes.anchor`.
    units : list of dict
        See :func:`analysis.coding.matching.match`.
    decisions : pandas.DataFrame
        The file's columns and ``settings`` (see :func:`analysis.coding.decisions.settings`).
    settled : pandas.DataFrame
        See :func:`analysis.coding.decisions.settle`.
    tables : dict of str to pandas.DataFrame
        All other tables by name.
    """

    package: schema.Package
    corpus: corpora.Corpus
    codebook: codebooks.Codebook
    actors: pd.DataFrame
    roles: pd.DataFrame
    statements: pd.DataFrame
    no_statement: pd.DataFrame
    passages: pd.DataFrame
    passes: dict
    units: list
    decisions: pd.DataFrame
    settled: pd.DataFrame
    tables: dict

    def __getattr__(self, name):
        try:
            return self.__dict__["tables"][name]
        except KeyError:
            raise AttributeError(f"a study has no table {name!r}; datapackage.json names them all") from None

    @cached_property
    def differing(self):
        """All on which the passes differ; see :func:`analysis.coding.matching.disagreements`."""
        return matching.disagreements(self.passes, self.units)

    @cached_property
    def origins(self):
        """By id, the rows of the passes a statement comes from, such as ``a12``, and the decision where they differ."""
        table = self.settled.set_index("id")
        return (table["rows"] + " " + table["decision"]).str.strip()

    @cached_property
    def withheld(self):
        """The spans that are never published, by file: names of comment writers; offsets, end exclusive."""
        spans = {seed: [] for seed in self.corpus.texts}
        for seed, start, end in self.redactions.itertuples(index=False):
            spans[seed].append((start, end))
        return spans


def load(seeds=None, data=None, bibliography=None):
    """Read and check everything that a build reads of the data.

    Parameters
    ----------
    seeds, data : Path, optional
        Folders of the files and of the tables; the project's own by default.
    bibliography : set of str, optional
        The keys of the bibliography. Without it they are not looked up: no result depends on them, so notebooks leave
        that to the check and to the build.

    Returns
    -------
    Study

    Raises
    ------
    DataError
        Lists every fault found, by file and row: a cell that does not fit the table's definition, a key that is
        nowhere, a quotation that does not stand at its offsets, a sentence coded and excused, or neither, a difference
        between passes that no decision settles, a statement that passes and decisions do not yield.
    """
    here = Reading(seeds or paths.SEEDS, data or paths.DATA, bibliography)
    corpus = here.corpus
    if corpus is None:
        raise_any(here.faults)
    coded = here.read_passes()
    table, excused, passages, roles, withheld = (
        here.frame(name) for name in (*CODED, "passages", "actor_roles", "redactions")
    )
    sentences = corpus.sentences.set_index("sentence")
    for name in ("statements", "passages", "actor_roles"):
        if (frame := here.frame(name)) is not None:
            here.faults += checks.check_anchors(frame, corpus, here.name(here.package.tables[name].paths[0]))
    if table is not None:
        table["sentence"] = checks.enclosing(table, corpus.sentences, "sentence")
        here.faults += checks.check_articles(table, corpus.sentences, here.name("statements.csv"))
        if excused is not None and {*table["seed"], *excused["seed"]} <= set(corpus.texts):
            here.faults += checks.check_cover(
                table, excused, corpus.sentences, [here.name(f"{name}.csv") for name in CODED]
            )
    if withheld is not None:
        here.faults += redactions.check(withheld, corpus, here.name("redactions.csv"))
    if coded is not None and here.good(*CODED):
        for name, yielded in zip(CODED, coded[3:]):
            here.faults += _differing(
                here.frame(name), yielded, here.package.tables[name].columns, here.name(f"{name}.csv")
            )
    raise_any(here.faults)
    table["paragraph"] = table["sentence"].map(sentences["paragraph"])
    table["line"] = table["sentence"].map(sentences["line"])
    table["group"] = table["issue"].map(here.codebook.issues["group"])
    excused["sentence"] = checks.enclosing(excused, corpus.sentences, "sentence")
    passages["paragraph"] = checks.enclosing(passages, corpus.paragraphs, "paragraph")
    passages["zone"] = checks.enclosing(passages, corpus.zones, "zone")
    for frame in (passages, roles):
        frame["line"] = [corpora.line_of(corpus.texts[s], a) for s, a in zip(frame["seed"], frame["start"])]
    named = {*BEFORE_STATEMENTS, *CODED, "passages", "actor_roles"}
    actors, statements = here.frame("actors").set_index("actor"), table.set_index("id")
    others = {other.name: here.frame(other.name) for other in here.tables if other.name not in named}
    return Study(
        here.package,
        corpus,
        here.codebook,
        actors,
        roles,
        statements,
        excused.reset_index(drop=True),
        passages.set_index("id"),
        *coded[:4],
        others,
    )


def _differing(stored, yielded, columns, name):
    """Faults of a table that is not what passes and decisions yield."""
    here, there = (list(zip(*(frame[column].tolist() for column in columns))) for frame in (stored, yielded))
    if here == there:
        return []
    rebuild = "as passes and decisions yield; `python -m analysis rebuild` writes the table"
    if len(here) != len(there):
        return [Fault(name, "", f"{len(here)} rows", f"{len(there)} rows, {rebuild}")]
    return [
        Fault(name, f"row {row}", f"{column} {str(a)!r}", f"{str(b)!r}, {rebuild}")
        for row, old, new in zip(stored.index, here, there)
        for column, a, b in zip(columns, old, new)
        if a != b
    ]


def rebuild():
    """Write the tables of statements and of sentences without one, from passes and decisions.

    Yields
    ------
    (Path, int)
        Each file and its number of rows.

    Raises
    ------
    DataError
        If the corpus, the passes or the decisions have faults.
    """
    here = Reading(paths.SEEDS, paths.DATA, chosen=BEFORE_STATEMENTS)
    coded = None if here.corpus is None else here.read_passes()
    raise_any(here.faults)
    for name, table in zip(CODED, coded[3:]):
        path = paths.DATA / here.package.tables[name].paths[0]
        fresh = path.with_suffix(".csv.new")
        table[here.package.tables[name].columns].to_csv(fresh, index=False, lineterminator="\n")
        fresh.replace(path)
        yield path, len(table)
