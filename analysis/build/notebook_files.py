"""Notebooks as they are stored: what keeps one from being read, run or published."""

import json
import re

import nbformat
from nbformat.validator import iter_validate

from .. import paths
from ..base import tables
from ..base.faults import DataError, Fault, nearest

KERNEL = "python3"
_NEWEST = (nbformat.current_nbformat, nbformat.current_nbformat_minor)
_KINDS = {
    list: "a list",
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    type(None): "null",
}
_CLEAR = "none: clear all outputs and save, or run `.venv/bin/jupyter nbconvert --clear-output --inplace {}`"
_CELL_TYPES = ("code", "markdown", "raw")
_WORDS = 8  # so many in one value of the metadata are text, and no setting
_LONG = 200  # characters of one value, which no setting has
_OF_A_MACHINE = re.compile(
    r"(?<![\w/.:])/(?:home|Users|root|tmp|var|opt|mnt|srv|media|private|workspaces?|content|data)/"
    r"|\b[A-Za-z]:[\\/]|file://|^~/"
)


def faults(path):
    """Check one notebook as it is stored.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Fault
        Why it cannot be read or run, by line or cell; what it holds that is
        made by running it, or that tells of somebody's machine.
    """
    name = paths.relative(path)
    try:
        text = tables.written(path)
        notebook = _parsed(text, name)
    except DataError as error:
        return error.faults
    if found := _invalid(notebook, name):
        return found
    return [
        *_repeated(notebook, name),
        *_other_kernel(notebook, text, name),
        *_left_behind(notebook, name),
        *_told(notebook, name),
    ]


def _parsed(text, name):
    """The notebook as an object of a format that can be read here."""

    def stop(where, found, expected):
        raise DataError([Fault(name, where, found, expected)])

    if not text.strip():
        stop("", "an empty file", "a notebook")
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        if not text.rstrip().endswith("}"):
            stop(
                f"line {text.rstrip().count(chr(10)) + 1}",
                "the end of the file before the end of the notebook",
                "a whole notebook",
            )
        stop(
            f"line {error.lineno}",
            f"JSON that cannot be read ({error.msg}, column {error.colno})",
            "JSON, as notebook programs write it",
        )
    except RecursionError:
        stop("", "JSON that is nested too deeply", "a notebook")
    except ValueError as error:  # a number of thousands of digits
        stop("", f"JSON that cannot be read ({error})", "JSON, as notebook programs write it")
    if not isinstance(notebook, dict):
        stop(
            "",
            _KINDS[type(notebook)],
            "a notebook, an object with the keys cells, metadata, nbformat and nbformat_minor",
        )
    version = notebook.get("nbformat"), notebook.get("nbformat_minor")
    if not all(type(number) is int for number in version):
        stop("", f"nbformat {version[0]!r} and nbformat_minor {version[1]!r}", "the numbers {} and {}".format(*_NEWEST))
    if version > _NEWEST:
        stop(
            "",
            "notebook format {}.{}".format(*version),
            "format {}.{} or an older one of {}".format(*_NEWEST, _NEWEST[0]),
        )
    if version < (_NEWEST[0], 0):
        stop(
            "",
            "notebook format {}.{}".format(*version),
            f"format {_NEWEST[0]}: run `.venv/bin/jupyter nbconvert --to notebook --inplace {name}`",
        )
    return notebook


def _invalid(notebook, name):
    """What does not follow the format; of each cell the first."""
    found = {}
    for error in iter_validate(notebook, version=notebook["nbformat"], version_minor=notebook["nbformat_minor"]):
        cells, number, *inside = [*error.absolute_path, None, None]
        where = f"cell {number + 1}" if cells == "cells" and number is not None else ""
        cell = notebook["cells"][number] if where else None
        kind = cell.get("cell_type") if isinstance(cell, dict) else None
        if where and not isinstance(cell, dict):
            said = _KINDS[type(cell)], "a cell, an object with a cell_type"
        elif where and kind not in _CELL_TYPES:
            said = f"cell_type {kind!r}", nearest(kind, _CELL_TYPES, "a cell_type: code, markdown or raw")
        else:
            place = " / ".join(str(part) for part in (inside if where else error.absolute_path) if part is not None)
            said = (
                f"{place}: {error.message}" if place else error.message,
                "a notebook of format {}.{}".format(notebook["nbformat"], notebook["nbformat_minor"]),
            )
        found.setdefault(where, Fault(name, where, *said))
    return list(found.values())


def _repeated(notebook, name):
    first, found = {}, []
    for number, cell in enumerate(notebook["cells"], start=1):
        if "id" in cell and first.setdefault(cell["id"], number) != number:
            found.append(
                Fault(
                    name,
                    f"cell {number}",
                    f"id {cell['id']!r} again, first in cell {first[cell['id']]}",
                    "an id of its own",
                )
            )
    return found


def _other_kernel(notebook, text, name):
    kernel = notebook["metadata"].get("kernelspec", {}).get("name", KERNEL)
    if kernel == KERNEL:
        return []
    line = text.count("\n", 0, text.index('"name"', text.index('"kernelspec"'))) + 1
    return [
        Fault(
            name,
            f"line {line}",
            f"kernel {kernel!r}",
            f"{KERNEL!r} as the name in metadata / kernelspec: the Python of .venv",
        )
    ]


def _left_behind(notebook, name):
    """What running the notebook has left in it, the same things together; and files kept in cells."""
    held = {}
    for number, cell in enumerate(notebook["cells"], start=1):
        things = [
            thing
            for thing, key in (("outputs", "outputs"), ("an execution count", "execution_count"))
            if cell.get(key) not in ([], None)
        ]
        things += ["times of execution"] * ("execution" in cell["metadata"])
        if things:
            held.setdefault((" and ".join(things), _CLEAR.format(name)), []).append(number)
        if cell.get("attachments"):
            held.setdefault(
                (
                    f"attached files ({', '.join(cell['attachments'])})",
                    "none: save them in book/_static and link to them",
                ),
                [],
            ).append(number)
    found = [Fault(name, _cells(numbers), *said) for said, numbers in held.items()]
    widgets = notebook["metadata"].get("widgets")
    if isinstance(widgets, dict) and any(isinstance(value, dict) and value.get("state") for value in widgets.values()):
        found.append(Fault(name, "metadata / widgets", "the state of widgets", _CLEAR.format(name)))
    return found


def _cells(numbers):
    return f"cell {numbers[0]}" if len(numbers) == 1 else f"cells {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _told(notebook, name):
    """Texts and places of a machine among the metadata; captions, which are settings of MyST-NB, may be texts."""
    found, places = (
        [],
        [
            ("", notebook["metadata"]),
            *((f"cell {n}", cell["metadata"]) for n, cell in enumerate(notebook["cells"], start=1)),
        ],
    )
    for where, metadata in places:
        for keys, value in _strings(metadata):
            place = ", ".join(filter(None, (where, " / ".join(["metadata", *keys]))))
            if _OF_A_MACHINE.search(value) or (len(paths.ROOT.parts) > 2 and str(paths.ROOT) in value):
                found.append(Fault(name, place, f"{value[:80]!r}, a place on somebody's machine", "no such entry"))
            elif keys[0] != "mystnb" and (len(value.split()) >= _WORDS or len(value) > _LONG):
                found.append(Fault(name, place, f"{value[:80]!r}, a text that no page shows", "no such entry"))
    return found


def _strings(value, keys=()):
    """Every string below a value, names of entries too, with the keys that lead to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*keys, key[:40]), key
            yield from _strings(inner, (*keys, key[:40]))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, keys)
    elif isinstance(value, str):
        yield keys, value
