"""The synthetic corpora that the benchmarks measure."""

import importlib.util

from analysis import paths
from analysis.coding.study import load


def copies():
    """The module of the benchmarks, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("copies", paths.ROOT / "benchmarks" / "copies.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_copied_corpus_is_good_data_and_each_copy_holds_the_same_passages(tmp_path, study):
    many = load(*copies().write(tmp_path / "corpus", 3)).statements
    assert len(many) == 3 * len(study.statements) and many.index.is_unique
    assert sorted(many["exact"]) == sorted([*study.statements["exact"]] * 3)


def test_one_copy_is_the_corpus_itself(tmp_path, study):
    one = load(*copies().write(tmp_path / "corpus", 1))
    assert one.statements.equals(study.statements) and one.corpus.texts == study.corpus.texts
