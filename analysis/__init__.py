"""Analysis behind *Two Islands or Four?*.

Data flows one way: :mod:`analysis.corpus.texts` (files, zones, sentences) feeds
:mod:`analysis.coding.statements` (the coded positions), which feeds the tables and
figures that the notebooks in ``book/`` show.
"""
__version__ = "1.1.0"
