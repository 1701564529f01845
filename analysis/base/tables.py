"""Reading the project's CSV tables: text only, exact columns, one fault per deviation."""

import csv
import gc
import io
import re
from contextlib import contextmanager

import pandas as pd

from ..paths import relative
from .faults import DataError, Fault, raise_any

_LONGEST = 131_072  # characters in a cell; more is a quotation mark that was never closed
_LARGEST = 2**53 - 1  # what JavaScript and JSON readers hold exactly; no file is as long

# Control characters but tab and line end, and code points that are no characters: HTML cannot hold them.
_NEVER = "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
_UNPRINTABLE = re.compile(
    f"[\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufdd0-\\ufdef{_NEVER}]|\\r(?!\\n)"
)

_CONFLICT = re.compile(r"^(?:<{7}|>{7}) .*$", re.MULTILINE)

# In UTF-8, bytes of these and of some good characters besides. To look for bytes is many times as fast: a file without them is good.
_SUSPECT = bytes([*range(0x09), *range(0x0B, 0x20), 0x7F, *range(0xEF, 0x100)])
_SUSPECT_PAIR = re.compile(rb"\xc2[\x80-\x9f]")


def unprintable(text):
    """Return the place of the first character that no page can show, or None.

    Parameters
    ----------
    text : str

    Returns
    -------
    int or None
        Control characters other than tabs and line ends, carriage returns
        without a line feed, surrogates, and code points that are no
        characters.
    """
    match = _UNPRINTABLE.search(text)
    return match.start() if match else None


def describe(character):
    """Name such a character for a message."""
    if character == "\r":
        return "a carriage return without a line feed"
    return "a NUL character" if character == "\0" else f"the control character U+{ord(character):04X}"


def decode(path):
    """Return the text of a UTF-8 file, exactly as stored.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str
        The decoded file; line ends and no-break spaces are kept.

    Raises
    ------
    DataError
        If the file is missing, is not UTF-8, begins with a byte order mark, or
        holds a character that no page can show (see :func:`unprintable`).
    """
    name = relative(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError([Fault(name, "", "no such file", "the file in place")]) from None
    except OSError as error:
        raise DataError([Fault(name, "", error.strerror or str(error), "a readable file")]) from None
    if raw.startswith(b"\xef\xbb\xbf"):
        raise DataError([Fault(name, "offset 0", "a byte order mark", "plain UTF-8 without one")])
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            [Fault(name, f"line {line}", f"byte 0x{raw[error.start]:02x} at offset {error.start}", "UTF-8 text")]
        ) from None
    suspect = len(raw.translate(None, _SUSPECT)) < len(raw) or _SUSPECT_PAIR.search(raw)
    if suspect and (place := unprintable(text)) is not None:
        raise DataError(
            [
                Fault(
                    name,
                    f"line {text.count(chr(10), 0, place) + 1}",
                    f"{describe(text[place])} at character {place}",
                    "text",
                )
            ]
        )
    return text


def written(path):
    """Return the text of a file that people write, and git merges: :func:`decode`, and no conflict left.

    Parameters
    ----------
    path : Path

    Returns
    -------
    str

    Raises
    ------
    DataError
        As :func:`decode`; or if git's marks of a conflict stand in the file.
    """
    text = decode(path)
    marked = "<<<<<<<" in text or ">>>>>>>" in text  # many times as fast as the pattern
    if marked and (match := _CONFLICT.search(text)):
        line = text.count("\n", 0, match.start()) + 1
        raise DataError(
            [
                Fault(
                    relative(path),
                    f"line {line}",
                    f"{match[0].strip()!r}, which git writes where it could not merge",
                    "one of the two versions, and no marks of git",
                )
            ]
        )
    return text


@contextmanager
def _reading():
    """Set what is the whole process's, and set it back: the longest cell, which other libraries move, and the search for garbage.

    Python would look for garbage among the cells again and again as they
    become more, which makes a table of twice the length take more than twice
    the time.
    """
    longest, collecting = csv.field_size_limit(_LONGEST), gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        csv.field_size_limit(longest)
        if collecting:
            gc.enable()


def read(path, columns, key=None):
    """Read one of the project's CSV tables.

    Parameters
    ----------
    path : Path
        A UTF-8 CSV file with a header line.
    columns : sequence of str
        The columns the file must have, in this order.
    key : str, optional
        A column whose values must be present and different in every row.

    Returns
    -------
    pandas.DataFrame
        One row per record, all columns of dtype ``object`` holding ``str``;
        empty cells are empty strings. The index, named ``row``, is the line
        number of the record's last line in the file, as an editor shows it.

    Raises
    ------
    DataError
        If the file cannot be read, its header differs, a record has another
        number of cells, a cell is longer than 131,072 characters, or a key is
        missing or doubled.
    """
    name = relative(path)
    text = written(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    faults, records, rows = [], [], []
    with _reading():
        try:
            header = next(reader, [])
            if header != list(columns):
                raise DataError(
                    [Fault(name, "row 1", f"the columns {', '.join(header)}", f"the columns {', '.join(columns)}")]
                )
            for record in reader:
                if len(record) != len(columns):
                    faults.append(
                        Fault(name, f"row {reader.line_num}", f"{len(record)} cells", f"{len(columns)} cells")
                    )
                else:
                    records.append(record)
                    rows.append(reader.line_num)
        except csv.Error as error:
            faults.append(Fault(name, f"row {reader.line_num}", f"malformed CSV ({error})", "well-formed CSV"))
        frame = pd.DataFrame(
            records, columns=list(columns), index=pd.Index(rows, name="row", dtype="int64"), dtype=object
        )
    if key is not None and (frame[key].duplicated().any() or (frame[key] == "").any()):
        first = {}
        for row, value in frame[key].items():
            if not value:
                faults.append(Fault(name, f"row {row}", f"no {key}", f"a {key}"))
            elif value in first:
                faults.append(
                    Fault(
                        name, f"row {row}", f"{key} {value!r} again", f"one row per {key} (first in row {first[value]})"
                    )
                )
            else:
                first[value] = row
    raise_any(faults)
    return frame


def whole_numbers(frame, column, name):
    """Check that a text column holds offsets or counts.

    Parameters
    ----------
    frame : pandas.DataFrame
        A table as :func:`read` returns it.
    column : str
        A column that must hold decimal integers of zero or more.
    name : str
        The file's name, for messages.

    Returns
    -------
    list of Fault
    """
    cells = frame[column].tolist()
    joined = "".join(cells)  # looked at as a whole, since tables are long
    if not cells or (joined.isascii() and joined.isdigit() and 0 < min(map(len, cells)) <= max(map(len, cells)) < 16):
        return []
    faults = []
    for row, value in frame[column].items():
        if not (value.isascii() and value.isdigit()):
            faults.append(Fault(name, f"row {row}", f"{column} {value!r}", "a whole number"))
        elif len(value.lstrip("0")) > 16 or int(value) > _LARGEST:
            faults.append(Fault(name, f"row {row}", f"{column} {value!r}", f"a whole number of at most {_LARGEST}"))
    return faults
