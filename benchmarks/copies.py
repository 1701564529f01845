"""Synthetic corpora: the real one many times over, each copy under names of its own."""

import csv
import hashlib
import re
import shutil

from analysis import paths

_FILES = len(list(paths.SEEDS.glob("*.txt")))
_SEEDED = ("zones", "statements", "no_statement", "passages", "actor_roles")


def write(folder, copies):
    """Write the seeds and tables of a corpus that holds the real one several times.

    Parameters
    ----------
    folder : Path
        Must not exist. Gets ``seeds`` and ``data``, which `analysis.coding.study.load` reads.
    copies : int
        The first copy has the real names; so one copy is the real corpus.

    Returns
    -------
    (Path, Path)
        The folders ``seeds`` and ``data``.
    """
    seeds, data = folder / "seeds", folder / "data"
    seeds.mkdir(parents=True)
    shutil.copytree(paths.DATA, data)
    names = sorted(path.name for path in paths.SEEDS.glob("*.txt"))
    contents = {name: (paths.SEEDS / name).read_bytes() for name in names}
    with open(seeds / "SHA256SUMS", "w", encoding="utf-8") as sums:
        for number in range(copies):
            for name in names:
                (seeds / _seed(name, number)).write_bytes(contents[name])
                sums.write(f"{hashlib.sha256(contents[name]).hexdigest()}  {_seed(name, number)}\n")
    _copy(data / "articles.csv", copies)
    for name in _SEEDED:
        _copy(data / f"{name}.csv", copies)
    rows = {}
    for path in sorted((data / "coding").glob("pass_*.csv")):
        rows[path.stem.removeprefix("pass_")] = len(path.read_text(encoding="utf-8").splitlines()) - 1
        _copy(path, copies)
    _copy(data / "coding" / "decisions.csv", copies, rows)
    return seeds, data


def _seed(name, number):
    """The name of a file in a copy: files begin with a number each, which no two may share."""
    own, _, rest = name.partition("_")
    return f"{number * _FILES + int(own):03d}_{rest}"


def _copy(path, copies, lengths=None):
    """Repeat the rows of a table, with the names of files, articles, sentences and statements, and the rows of passes, of each copy."""
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for number in range(copies):
            for row in rows:
                cells = dict(zip(header, row))
                if number:
                    if "seed" in cells:
                        cells["seed"] = _seed(cells["seed"], number)
                    if cells.get("article"):
                        old, cells["article"] = cells["article"], f"{cells['article']}x{number}"
                        if "id" in cells:
                            cells["id"] = cells["id"].replace(old, cells["article"], 1)
                    if "sentence" in cells:
                        cells["sentence"] = cells["sentence"].replace(".", f"x{number}.", 1)
                    if "decision" in cells:
                        cells["decision"] += f"x{number}"
                        cells["rows"] = re.sub(
                            r"([a-z]+)(\d+)", lambda m: f"{m[1]}{int(m[2]) + number * lengths[m[1]]}", cells["rows"]
                        )
                writer.writerow(cells.values())
