"""A user's own settings, in variables and in the home folder, change no byte of the book and stop nothing."""

import os
import shutil
import subprocess
import sys

import pytest
from small_book import SmallBook

from analysis.build import environment

USUAL = {"PATH": "/bin", "TMPDIR": "/var/tmp", "LD_LIBRARY_PATH": "/opt/lib", "REPORT_URL": "https://report.example/"}
# One of each kind: what another program or a user's habit leaves in the environment.
OWN = {
    "HOME": "/home/someone", "USER": "someone", "LANG": "de_DE", "LC_NUMERIC": "de_DE", "LANGUAGE": "ja",
    "TZ": "Asia/Kamchatka", "COLUMNS": "20", "DOCUTILSCONFIG": "mine.conf", "MPLBACKEND": "TkAgg", "MPLCONFIGDIR": "/m",
    "MATPLOTLIBRC": "/m/rc", "IPYTHONDIR": "/i", "JUPYTER_PATH": "/j", "JUPYTER_CONFIG_DIR": "/j",
    "XDG_CONFIG_HOME": "/x", "XDG_DATA_HOME": "/x", "FONTCONFIG_FILE": "/f", "FONTCONFIG_PATH": "/f", "FC_DEBUG": "1",
    "PANGO_LANGUAGE": "ja", "PYTHONPATH": "/p", "PYTHONSTARTUP": "/p.py", "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1", "BROWSER": "w3m", "EDITOR": "vi",
    "FORCE_COLOR": "1", "SPHINXOPTS": "-t mine", "DISPLAY": ":7", "GIT_DIR": "/g", "PIP_USER": "yes",
    "A_PROGRAM_OF_TOMORROW": "on",
}  # fmt: skip


def test_only_what_is_named_is_let_through():
    """The second list is of no importance to the function: whatever it does not know, it drops or sets itself."""
    found = environment.of_build(USUAL | OWN)
    assert {name: found[name] for name in USUAL} == USUAL
    kept = found.keys() - USUAL.keys()
    assert kept <= environment.of_build({}).keys()
    assert [name for name in kept & OWN.keys() if found[name] == OWN[name]] == []


def test_the_environment_of_a_build_is_its_own_environment():
    """A build that starts builds, or is started again, must not start again for ever."""
    once = environment.of_build(USUAL | OWN)
    assert environment.of_build(once) == once


def hostile_home(folder):
    """Write into a home folder what users keep there, set to do harm."""
    profile, option = ".ipython/profile_default", "import pandas; pandas.set_option('display.max_rows', 1)"
    rule = '<match target="font"><edit name="embolden"><bool>true</bool></edit></match>'
    files = {
        ".docutils": "[html writers]\ninitial_header_level: 3\n[general]\nraw_enabled: no\n",
        f"{profile}/ipython_config.py": f"c.InteractiveShellApp.exec_lines = [{option!r}]\n",
        f"{profile}/startup/mine.py": "raise SystemExit('startup of the user')\n",
        ".jupyter/jupyter_config.py": "raise SystemExit('jupyter of the user')\n",
        ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"], "display_name": "", "language": ""}',
        ".config/matplotlib/matplotlibrc": "font.size: 20\nlines.linewidth: 5\nbackend: TkAgg\n",
        ".config/fontconfig/fonts.conf": f"<fontconfig>{rule}</fontconfig>",
        "modules/sitecustomize.py": "print('sitecustomize of the user')\n",
        "modules/pandas.py": "raise SystemExit('pandas of the user')\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def hostile_variables(home):
    places = {
        "HOME": ".", "DOCUTILSCONFIG": ".docutils", "IPYTHONDIR": ".ipython", "PYTHONPATH": "modules",
        "MPLCONFIGDIR": ".config/matplotlib", "JUPYTER_PATH": ".local/share/jupyter", "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
    }  # fmt: skip
    own = OWN | {name: str(home / place) for name, place in places.items()}
    return own | {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "koi8-r"}


DRAWING = """from analysis.cells import results
from analysis.coding.study import load
from analysis.report import figures
import matplotlib.pyplot, os, pandas
study = load()
figure, axes = matplotlib.pyplot.subplots()
axes.plot([1, 2], label="label"); axes.legend()
print(matplotlib.get_backend(), matplotlib.rcParams["font.size"], pandas.get_option("display.max_rows"))
print(sorted(name for name in os.environ if not name.startswith("PYTHON")))
results.numbers(n_probe=len(study.statements))"""


def contents(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def differences(one, other):
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.fixture(scope="module")
def usual_book(copy_project, tmp_path_factory, pdf_missing):
    """A small book with a drawing, built without any setting, with its files."""
    book = SmallBook(copy_project(tmp_path_factory.mktemp("environment") / "project"))
    book.cells(DRAWING)
    book.build("html" if pdf_missing else "pdf")
    return book, contents(book.html)


def test_a_users_settings_change_no_byte(usual_book, pdf_missing, tmp_path):
    book, usual = usual_book
    shutil.rmtree(book.project / "_build")
    command = [sys.executable, "-m", "analysis", "html" if pdf_missing else "pdf"]
    variables = hostile_variables(hostile_home(tmp_path / "home"))
    done = subprocess.run(command, cwd=book.project, env=variables, capture_output=True, umask=0o077)
    assert done.returncode == 0, (done.stdout + done.stderr).decode("koi8-r")
    assert differences(usual, contents(book.html)) == []
    assert "html \\u2026" in done.stdout.decode("koi8-r"), "what the terminal cannot show is written as its number"
    assert {path.stat().st_mode & 0o777 for path in book.html.rglob("*") if path.is_file()} == {0o644}
    assert {path.stat().st_mode & 0o777 for path in [book.html, *book.html.rglob("*/")]} == {0o755}


@pytest.mark.slow
def test_jupyter_book_alone_heeds_no_users_settings_either(usual_book, tmp_path):
    book, _ = usual_book
    shutil.rmtree(book.project / "_build", ignore_errors=True)
    book.plain()
    usual = contents(book.html)
    shutil.rmtree(book.project / "_build")
    # Python heeds its own variables before the book is asked.
    own = hostile_variables(hostile_home(tmp_path / "home"))
    own = {name: value for name, value in own.items() if not name.startswith("PYTHON")}
    code = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", code, "build", "book", "--config", "_config.yml"]
    done = subprocess.run(command, cwd=book.project, env=own, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert differences(usual, contents(book.html)) == []
