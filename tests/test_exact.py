"""The same files give the same book, byte for byte, wherever, whenever and by whomever it is built."""

import os
import random
import subprocess
import sys

import pytest

from analysis.build import inputs


def first_difference(one, other):
    """The offset of the first byte in which two files differ, and what stands there in each."""
    offset = next((n for n, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    around = slice(max(offset - 30, 0), offset + 30)
    return f"offset {offset}: {one[around]!r} and {other[around]!r}"


def differences(one, other):
    """Name every file that stands on one side only or differs, and where."""
    names = {
        path.relative_to(folder).as_posix() for folder in (one, other) for path in folder.rglob("*") if path.is_file()
    }
    said = []
    for name in sorted(names):
        if not ((one / name).exists() and (other / name).exists()):
            said.append(f"{name}: in one of the two only")
        elif (one / name).read_bytes() != (other / name).read_bytes():
            said.append(f"{name}: {first_difference((one / name).read_bytes(), (other / name).read_bytes())}")
    return said


def test_differences_are_named_with_their_offset(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, text in ((one, b"abc"), (other, b"abd")):
        folder.mkdir()
        (folder / "a.html").write_bytes(text)
        (folder / "b.html").write_bytes(b"same")
    (one / "c.html").write_bytes(b"")
    (other / "b.html").write_bytes(b"same and more")
    assert differences(one, other) == [
        "a.html: offset 2: b'abc' and b'abd'", "b.html: offset 4: b'same' and b'same and more'", "c.html: in one of the two only",
    ]  # fmt: skip


@pytest.mark.slow
def test_another_folder_time_user_and_machine_setting_give_the_same_bytes(
    built_book, pdf_missing, project_copy, tmp_path
):
    """The book of the other tests beside one built in a folder with another name, on files of another age."""
    other = project_copy.rename(tmp_path / "an other folder, with blanks and ü")
    ages = random.Random(1)
    for name in inputs.files(other):
        os.utime(other / name, (ages.randrange(10**9), ages.randrange(10**9)))
    home = tmp_path / "home"
    startup = home / ".ipython/profile_default/startup"
    startup.mkdir(parents=True)
    (startup / "mine.py").write_text("import pandas\npandas.set_option('display.max_columns', 2)\n", encoding="utf-8")
    (home / ".config/matplotlib").mkdir(parents=True)
    (home / ".config/matplotlib/matplotlibrc").write_text("font.size: 20\nlines.linewidth: 5\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REPORT_", "LC_", "XDG_"))}
    environment = kept | {
        "PYTHONPATH": str(other), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "4711", "TZ": "Asia/Kamchatka", "LANG": "ja_JP.UTF-8",
        "LC_ALL": "C", "HOME": str(home), "USER": "someone", "SOURCE_DATE_EPOCH": "1", "COLUMNS": "40", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "analysis", "html" if pdf_missing else "pdf"], cwd=other, env=environment, umask=0o077,
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert differences(built_book, other / "_build" / "html") == []
