"""The repository from outside: citation file, lock file, commands, seeds, and what must not be in it."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
import yaml

import analysis
from analysis import paths

ROOT = paths.ROOT
TARGETS = set("help book html pdf test test-book test-all lab check style clean lock bench".split())
SEEDS = sorted(path.name for path in paths.SEEDS.glob("*.txt"))
SCRIPTS = [("sh", "tools/setup.sh"), ("bash", ".ci/run")]

# Written with brackets so that this file does not contain what it looks for.
INDEX_HOSTS = re.compile(
    r"[p]ypi\.(?:org|python\.org)|[p]ythonhosted\.org|registry[.]npmjs\.org|[d]eb\.debian\.org|[a]rchive\.ubuntu\.com"
)


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def git(*arguments, root=ROOT):
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, encoding="utf-8", check=True).stdout


@pytest.fixture(scope="module")
def checkout():
    """Skip where the project was unpacked from an archive: git has then nothing to ask."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")


def make(*arguments):
    """Run make as from a shell; under `make test` the outer make would pass on its own flags."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=True
    ).stdout


def name_of(requirement):
    """Return the normal form of the name at the beginning of a requirement."""
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()


def direct_requirements():
    return [line for line in read("requirements.in").splitlines() if line.strip() and not line.startswith("#")]


# Citation and versions


def test_the_citation_file_has_what_cff_requires():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    assert citation["type"] in {"software", "dataset"}
    assert citation["authors"] and all(
        {"name", "family-names", "given-names", "alias"} & author.keys() for author in citation["authors"]
    )
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(citation["date-released"]))


def test_version_and_date_agree_everywhere():
    citation = yaml.safe_load(read("CITATION.cff"))
    newest = re.search(r"^## \[([^\]]+)\] - (\S+)$", read("CHANGELOG.md"), re.MULTILINE)
    assert str(citation["version"]) == analysis.__version__ == newest[1]
    assert str(citation["date-released"]) == newest[2]


def test_the_change_log_names_the_codebook_in_use():
    version = yaml.safe_load(read("analysis/data/codebook.yml"))["version"]
    assert f"version {version} of the codebook" in read("CHANGELOG.md")


# Dependencies


@pytest.mark.parametrize("requirement", direct_requirements())
def test_each_direct_dependency_has_a_reason(requirement):
    assert re.search(r"\s#\s*\S.*\w", requirement), "no comment says what it is for"


def test_each_direct_dependency_is_locked():
    locked = {name_of(entry) for entry in locked_entries()}
    assert [r for r in direct_requirements() if name_of(r) not in locked] == []


def locked_entries():
    """Return the entries of requirements.txt, each with its hashes on one line."""
    return read("requirements.txt").replace("\\\n", " ").splitlines()


def test_each_locked_package_has_one_version_and_a_hash():
    pattern = re.compile(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==[^\s;]+( ; [^-]+?.*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert [entry[:60] for entry in locked_entries() if not pattern.fullmatch(entry)] == []


@pytest.mark.parametrize("name", ["requirements.in", "requirements.txt"])
def test_requirements_name_no_place(name):
    assert (
        re.findall(r"\w+://|file:|--(?:extra-)?index-url|--find-links|^-[if]\b|^\.{0,2}/", read(name), re.MULTILINE)
        == []
    )


# Commands


def test_make_help_lists_every_target():
    listed = make("help")
    assert {line.split()[1] for line in listed.splitlines()} == TARGETS
    assert all(len(line.split()) > 3 for line in listed.splitlines()), "a target is not explained"
    phony = re.search(r"^\.PHONY: (.*)$", read("Makefile"), re.MULTILINE)[1].split()
    assert set(phony) == TARGETS, "a file of that name would hide the command"


def test_make_alone_is_help():
    assert make() == make("help") != ""


@pytest.mark.parametrize("shell, script", SCRIPTS)
def test_scripts_parse(shell, script):
    done = subprocess.run([shell, "-n", ROOT / script], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_ci_script_is_executable():
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_setup_never_asks_for_other_rights():
    commands = [line.split("#")[0] for line in read("tools/setup.sh").splitlines()]
    assert not any(re.search(r"\b(?:sudo|doas|su -)\b", line) for line in commands)


def fake_python(folder, name, body):
    """Put an executable `name` into `folder` that does what `body`, a line of sh, does."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def setup_with(tmp_path, pythons, **environment):
    """Run the set-up in a folder without code where `pythons` (name to body) are all the Pythons there are."""
    (tmp_path / "tools").mkdir()
    for name in ("tools/setup.sh", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    commands = tmp_path / "bin"
    commands.mkdir()
    for tool in ("sh", "dirname", "flock", "cat", "grep", "id", "rm", "sed", "uname"):
        if shutil.which(tool):
            (commands / tool).symlink_to(shutil.which(tool))
    for name, body in pythons.items():
        fake_python(commands, name, body)
    return subprocess.run(
        [shutil.which("sh"), "tools/setup.sh", "html"],
        cwd=tmp_path,
        env={"PATH": str(commands), **environment},
        capture_output=True,
        encoding="utf-8",
    )


def pythons_tested():
    return re.findall(r'"Programming Language :: Python :: (3\.\d+)"', read("pyproject.toml"))


def test_setup_names_the_pythons_it_cannot_use(tmp_path):
    shim = "echo 'pyenv: python3.13: command not found' >&2; exit 127"
    pythons = {"python3": "echo 3.9 /opt/python3.9", "python3.13": shim, "python3.12": "echo 2.99 /opt/python2.99"}
    done = setup_with(tmp_path, pythons)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    found = "python3 is Python 3.9, python3.13 does not run, python3.12 is Python 2.99."
    assert f"Python 3.11 or newer is needed; found: {found}" in done.stderr


def test_setup_says_when_there_is_no_python(tmp_path):
    done = setup_with(tmp_path, {})
    assert done.returncode == 1
    tried = " ".join(f"python{version}" for version in reversed(pythons_tested()))
    assert f"none of: python3 {tried}. Install one" in done.stderr


def test_setup_tries_only_the_python_it_is_given(tmp_path):
    done = setup_with(tmp_path, {"python3": "echo 3.12 python3", "other": "echo 3.10 /opt/other"}, PYTHON="other")
    assert done.returncode == 1
    assert "found: other is Python 3.10." in done.stderr


def python_that_is(version, tmp_path):
    """A Python that tells its version and cannot make virtual environments, which is what the set-up asks next."""
    return f"case $2 in *base_executable*) echo {version} {tmp_path}/bin/python{version} ;; *) exit 1 ;; esac"


def test_setup_takes_the_first_python_that_runs_and_fits(tmp_path):
    done = setup_with(tmp_path, {"python3": "exit 127", "python3.12": python_that_is("3.12", tmp_path)})
    assert done.returncode == 1
    assert f"Python 3.12 ({tmp_path}/bin/python3.12) cannot make virtual environments" in done.stderr
    assert "apt-get install python3.12-venv; macOS: brew install python@3.12" in done.stderr


@pytest.mark.parametrize("version", pythons_tested())
def test_setup_takes_each_tested_python_without_a_word(tmp_path, version):
    done = setup_with(tmp_path, {"python3": python_that_is(version, tmp_path)})
    assert done.stderr.startswith(f"Python {version} ({tmp_path}/bin/python{version}) cannot make virtual environments")


def test_setup_tries_a_newer_python_and_says_so_in_one_line(tmp_path):
    done = setup_with(tmp_path, {"python3": python_that_is("3.99", tmp_path)})
    said, stopped = done.stderr.splitlines()
    assert said.startswith("Python 3.99 is newer than the tested versions, 3.11 to ")
    assert stopped.startswith(f"Python 3.99 ({tmp_path}/bin/python3.99) cannot make virtual environments")


def test_setup_prefers_a_tested_python_to_a_newer_one(tmp_path):
    done = setup_with(
        tmp_path, {"python3": python_that_is("3.99", tmp_path), "python3.11": python_that_is("3.11", tmp_path)}
    )
    assert done.stderr.startswith(f"Python 3.11 ({tmp_path}/bin/python3.11) cannot make virtual environments")


# The settings of pip that a user may have


def project_of_one_package(folder):
    """Lay out a folder that the set-up can work in: its only package is a file beside it."""
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools/setup.sh", folder / "tools")
    (folder / "pyproject.toml").write_text(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n[project]\nname = 'report'\nversion = '1'\n"
        + "classifiers = [\n" + "".join(f'    "Programming Language :: Python :: {version}",\n' for version in pythons_tested()) + "]\n"
    )  # fmt: skip
    (folder / "requirements.in").write_text("probe\n")
    (folder / "backend.py").write_text(
        "import zipfile\n"
        "def build_editable(folder, *_):\n"
        "    with zipfile.ZipFile(folder + '/report-1-py3-none-any.whl', 'w') as wheel:\n"
        "        for name, text in {'METADATA': 'Metadata-Version: 2.1\\nName: report\\nVersion: 1\\n',\n"
        "                           'WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n', 'RECORD': ''}.items():\n"
        "            wheel.writestr('report-1.dist-info/' + name, text)\n"
        "    return 'report-1-py3-none-any.whl'\n"
    )
    wheels = folder.parent / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "probe-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("probe.py", "")
        wheel.writestr("probe-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: probe\nVersion: 1.0\n")
        wheel.writestr("probe-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("probe-1.0.dist-info/RECORD", "probe.py,,\n")
    digest = hashlib.sha256((wheels / "probe-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    (folder / "requirements.txt").write_text(f"probe==1.0 \\\n    --hash=sha256:{digest}\n")
    return folder


def set_up(project, settings="", **environment):
    """Run the set-up with a pip.conf of `settings`; packages come from a folder, not from the network."""
    config = project.parent / "pip.conf"
    config.write_text(f"[global]\nno-index = true\nfind-links = {project.parent}/wheels\n{settings}", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    given = kept | {"HOME": str(project.parent), "PIP_CONFIG_FILE": str(config), "PYTHON": sys.executable}
    given |= {"PYTHONDONTWRITEBYTECODE": "1"} | environment
    return subprocess.run(
        ["sh", "tools/setup.sh", "html"], cwd=project, env=given, capture_output=True, encoding="utf-8"
    )


def has_the_package(project):
    return (
        subprocess.run([project / ".venv/bin/python", "-I", "-c", "import probe"], capture_output=True).returncode == 0
    )


def test_settings_of_pip_for_another_place_change_nothing(tmp_path):
    project, elsewhere = project_of_one_package(tmp_path / "project"), tmp_path / "elsewhere"
    places = dict.fromkeys(["PIP_TARGET", "PIP_PREFIX", "PYTHONPATH"], str(elsewhere))
    done = set_up(project, "[install]\nuser = true\n", PIP_USER="yes", **places)
    assert done.returncode == 0, done.stdout + done.stderr
    assert has_the_package(project) and not elsewhere.exists()


@pytest.mark.slow
def test_packages_that_pip_put_elsewhere_are_missed_and_a_second_try_finds_them(tmp_path):
    project = project_of_one_package(tmp_path / "project")
    done = set_up(project, f"[install]\ntarget = {tmp_path}/elsewhere\n")
    assert done.returncode != 0 and not (project / ".venv/packages.stamp").exists()
    assert ".venv lacks 1 of 1 packages, such as probe==1.0. A setting of pip has put them elsewhere" in done.stderr
    done = set_up(project)
    assert done.returncode == 0 and has_the_package(project), done.stdout + done.stderr


# Seeds


def test_the_sums_are_those_of_the_seeds():
    recorded = dict(line.split("  ")[::-1] for line in read("seeds/SHA256SUMS").splitlines())
    assert {name: hashlib.sha256((paths.SEEDS / name).read_bytes()).hexdigest() for name in SEEDS} == recorded
    assert len(SEEDS) == 5


def test_git_leaves_the_seeds_alone(checkout):
    lines = git("check-attr", "text", "diff", "--", *(f"seeds/{name}" for name in SEEDS)).splitlines()
    assert len(lines) == 2 * len(SEEDS)
    assert [line for line in lines if not line.endswith(": unset")] == []


def test_the_seeds_in_git_are_those_on_disk(checkout):
    """Git must hold the same bytes; a converted line ending would show here, and only here."""
    for name in SEEDS:
        stored = git("rev-parse", f":seeds/{name}").strip()
        assert git("hash-object", "--no-filters", f"seeds/{name}").strip() == stored, name


# What must not be in the repository


def leaks(root, places):
    """Find local paths and hosts of package indexes in tracked files.

    Parameters
    ----------
    root : Path
        A git checkout.
    places : list of str
        Absolute paths of this machine. One counts only as a whole path or as
        the beginning of one, so that a checkout in ``/book`` does not accuse
        ``Makefile`` of naming ``report/book``.

    Returns
    -------
    list of str
        ``<file>:<line>: <what was found>``.
    """
    local = "|".join(rf"(?<![\w./-])(?:file://)?{re.escape(place)}(?![\w-])" for place in places if len(place) > 1)
    pattern = re.compile("|".join(filter(None, [local, INDEX_HOSTS.pattern])).encode())
    found = []
    for name in git("ls-files", "-z", root=root).split("\0"):
        path = root / name
        if not name or not path.is_file():
            continue
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            found += [f"{name}:{number}: {match[0].decode()}" for match in pattern.finditer(line)]
    return found


def test_no_tracked_file_names_this_machine(checkout):
    assert leaks(ROOT, [str(ROOT), os.path.expanduser("~")]) == []


@pytest.mark.parametrize(
    "line, found",
    [
        ("see /srv/report/book/a.ipynb", "/srv/report"),
        ("file:///srv/report/x", "file:///srv/report"),
        ("'/srv/report'", "/srv/report"),
        ("--index-url https://" + "p" + "ypi.org/simple", "p" + "ypi.org"),
        ("other/srv/report", None),
        ("/srv/reports", None),
        ("/srv/report-old", None),
    ],
)
def test_a_leak_is_found(tmp_path, line, found):
    git("init", "--quiet", ".", root=tmp_path)
    (tmp_path / "page.md").write_text(f"first\n{line}\n", encoding="utf-8")
    git("add", "page.md", root=tmp_path)
    assert leaks(tmp_path, ["/srv/report"]) == ([f"page.md:2: {found}"] if found else [])


def test_generated_files_are_ignored(checkout):
    made = [
        ".venv/x",
        "_build/html/index.html",
        "book/_build/html/index.html",
        "analysis/__pycache__/x.pyc",
        ".pytest_cache/x",
        ".hypothesis/x",
        "two_islands_or_four.egg-info/x",
    ]
    assert git("check-ignore", *made).split() == made


def test_every_licence_named_has_its_text():
    project = re.search(r'^license = "(.*)"$', read("pyproject.toml"), re.MULTILINE)[1]
    names = set(project.split(" AND "))
    assert (
        names
        == set(yaml.safe_load(read("CITATION.cff"))["license"])
        == {path.stem for path in (ROOT / "LICENSES").glob("*.txt")}
    )
    assert all(f"LICENSES/{name}.txt" in read("LICENSE") for name in names)
