"""The package keeps its walls, its style, and knows no report outside its folder."""

import io
import re
import subprocess
import sys
import tokenize

import pytest

from analysis import paths

ENGINE = [path for path in sorted(paths.PACKAGE.rglob("*.py")) if "report" not in path.relative_to(paths.PACKAGE).parts]


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("importlinter",)],
    ids=["lint", "format", "direction of imports"],
)
def test_the_code_is_in_order(command):
    if command == ("importlinter",):
        code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"
        command = ("-c", code)
    else:
        command = ("-m", *command)
    done = subprocess.run([sys.executable, *command], cwd=paths.ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def words_of_the_report(study):
    """Countries, persons, outlets, articles, issues and files of the report, as they would stand in code."""
    actors = study.actors[study.actors["country"] != ""]
    names = {*actors["country"], *actors.index, *study.corpus.articles.index, *study.corpus.files["seed"]}
    names |= {outlet for outlet in study.corpus.articles["outlet"] if "not named" not in outlet}
    names |= {issue for issue in study.codebook.issues.index if "_" in issue}
    return {name for name in names if len(name) > 3}


def test_the_engine_names_nothing_of_the_report(study):
    words = words_of_the_report(study)
    assert {"Japan", "Shinzo Abe", "The Moscow Times", "two_islands"} <= words
    word = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(words)))})(?![\w-])")
    found = []
    for path in ENGINE:
        text = path.read_text(encoding="utf-8")
        lines = {text.count("\n", 0, match.start()) + 1 for match in word.finditer(text)}
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NUMBER and re.fullmatch(r"(?:19|20)\d\d(?:\.\d+)?", token.string):
                lines.add(token.start[0])
        found += [f"{paths.relative(path)}, line {number}: {text.splitlines()[number - 1].strip()}" for number in lines]
    assert found == []


def test_no_module_is_longer_than_350_lines():
    lengths = {paths.relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in ENGINE}
    assert {name: length for name, length in lengths.items() if length > 350} == {}
