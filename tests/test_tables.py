"""Reading CSV tables: what is read, and what each fault says."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base import constraints, schema, tables
from analysis.base.faults import DataError

COLUMNS = ("id", "note")


@pytest.fixture
def table(tmp_path):
    """A function that writes bytes to a table and returns its path."""

    def write(content):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def faults_of(call, *arguments, **options):
    """The faults that a call raises; it must raise some."""
    with pytest.raises(DataError) as caught:
        call(*arguments, **options)
    for fault in caught.value.faults:
        assert str(fault) in str(caught.value)
    return caught.value.faults


def the_fault(call, *arguments, **options):
    """The only fault that a call raises."""
    (fault,) = faults_of(call, *arguments, **options)
    assert fault.file.endswith("table.csv")
    return fault


def test_a_good_table_is_read_as_text(table):
    frame = tables.read(table('id,note\na,1\nb,"x, y"\nc,\n'), COLUMNS, key="id")
    assert frame.to_dict("list") == {"id": ["a", "b", "c"], "note": ["1", "x, y", ""]}
    assert list(frame.index) == [2, 3, 4]


def test_rows_are_numbered_by_the_line_on_which_they_end(table):
    frame = tables.read(table('id,note\na,"two\nlines"\nb,x\n'), COLUMNS)
    assert list(frame.index) == [3, 4]
    assert frame.at[3, "note"] == "two\nlines"


def test_words_that_mean_nothing_to_a_computer_stay_words(table):
    frame = tables.read(table("id,note\nNA,nan\nnull,007\n"), COLUMNS)
    assert frame.to_dict("list") == {"id": ["NA", "null"], "note": ["nan", "007"]}


def test_a_missing_file_is_named(tmp_path):
    fault = the_fault(tables.read, tmp_path / "table.csv", COLUMNS)
    assert "no such file" in fault.found


def test_a_folder_in_place_of_the_file_is_a_fault(tmp_path):
    (tmp_path / "table.csv").mkdir()
    the_fault(tables.read, tmp_path / "table.csv", COLUMNS)


@pytest.mark.parametrize("call", [tables.decode, lambda path: tables.read(path, COLUMNS)])
def test_bytes_that_are_not_utf8_are_named_with_their_line(table, call):
    fault = the_fault(call, table(b"id,note\na,b\nc,caf\xe9\n"))
    assert fault.where == "line 3"
    assert "0xe9" in fault.found and "17" in fault.found
    assert fault.expected == "UTF-8 text"


@pytest.mark.parametrize("call", [tables.decode, lambda path: tables.read(path, COLUMNS)])
def test_a_byte_order_mark_is_a_fault(table, call):
    fault = the_fault(call, table(b"\xef\xbb\xbfid,note\na,b\n"))
    assert "byte order mark" in fault.found


def test_a_nul_is_named_with_its_line(table):
    fault = the_fault(tables.read, table("id,note\na,b\nc,d\x00\n"), COLUMNS)
    assert fault.where == "line 3" and "NUL" in fault.found


@pytest.mark.parametrize("header", ["note,id", "id", "id,note,more", "ID,note", "id, note", "", '"id,note"'])
def test_another_header_is_a_fault_that_names_both(table, header):
    fault = the_fault(tables.read, table(f"{header}\na,b\n"), COLUMNS)
    assert fault.where == "row 1"
    assert "id, note" in fault.expected


def test_an_empty_file_has_no_header(table):
    assert the_fault(tables.read, table(""), COLUMNS).where == "row 1"


@pytest.mark.parametrize(
    ("row", "cells"), [("a", "1 cells"), ("a,b,c", "3 cells"), ("", "0 cells"), ("a;b", "1 cells")]
)
def test_another_number_of_cells_is_named_with_its_row(table, row, cells):
    fault = the_fault(tables.read, table(f"id,note\nx,y\n{row}\nz,w\n"), COLUMNS)
    assert (fault.where, fault.found, fault.expected) == ("row 3", cells, "2 cells")


def test_a_missing_key_is_named_with_its_row(table):
    fault = the_fault(tables.read, table("id,note\na,b\n,d\n"), COLUMNS, key="id")
    assert (fault.where, fault.found) == ("row 3", "no id")


def test_a_doubled_key_names_both_rows(table):
    fault = the_fault(tables.read, table("id,note\na,b\nc,d\na,e\n"), COLUMNS, key="id")
    assert fault.where == "row 4" and "'a'" in fault.found and "row 2" in fault.expected


@pytest.mark.parametrize("row", ['"a"b,c', 'a,"open', '"a" ,b'])
def test_malformed_csv_is_named_with_its_row(table, row):
    faults = faults_of(tables.read, table(f"id,note\nx,y\n{row}\n"), COLUMNS)
    assert any("malformed CSV" in fault.found and fault.where.startswith("row 3") for fault in faults)


def test_all_faults_of_a_table_are_reported_together(table):
    faults = faults_of(tables.read, table("id,note\na\nb,c,d\nx,1\nx,2\n,3\n"), COLUMNS, key="id")
    assert [fault.where for fault in faults] == ["row 2", "row 3", "row 5", "row 6"]


def test_whole_numbers_become_integers(table):
    frame = tables.read(table("id,note\na,0\nb,12\n"), COLUMNS)
    assert tables.whole_numbers(frame, "note", "table.csv") == []
    defined = schema.Table("t", "", "", "", (schema.Field("id", "string", ""), schema.Field("note", "integer", "")))
    typed = constraints.typed(frame, defined)
    assert typed["note"].dtype == "int64" and typed["note"].tolist() == [0, 12]


@pytest.mark.parametrize("cell", ["", "-1", "1.0", "1e3", " 1", "x", "²", "١", "1_000"])
def test_anything_else_is_no_whole_number(table, cell):
    frame = tables.read(table(f"id,note\na,1\nb,{cell}\n"), COLUMNS)
    (fault,) = tables.whole_numbers(frame, "note", "table.csv")
    assert (fault.where, fault.found, fault.expected) == ("row 3", f"note {cell!r}", "a whole number")


def test_decoding_keeps_every_character(table):
    text = "\u00a0a\r\nb\n\n’“\u2028"
    assert tables.decode(table(text)) == text


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\t\n")),
            min_size=3,
            max_size=3,
        )
    )
)
def test_what_is_written_is_read_back_equal(tmp_path_factory, rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([["one", "two", "three"], *rows])
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(buffer.getvalue().encode("utf-8"))
    frame = tables.read(path, ["one", "two", "three"])
    assert frame.to_numpy().tolist() == rows


def test_every_character_is_printable_or_not_by_what_it_is():
    """Over all of Unicode: the quick search and the definition agree."""
    for point in range(0x110000):
        character = chr(point)
        control = unicodedata.category(character) == "Cc" and character not in "\t\n"
        never = 0xD800 <= point <= 0xDFFF or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE
        assert (tables.unprintable(f"a{character}b") == 1) == (control or never), hex(point)
    assert tables.unprintable("a\r\nb") is None and tables.unprintable("a\r\nb\rc") == 4
