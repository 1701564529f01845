"""Where the packages come from and on what terms: licences, the audit, the workflow."""

import csv
import importlib.metadata
import importlib.util
import re

import pytest
import yaml

from analysis import paths

ROOT = paths.ROOT
TABLE = ROOT / "LICENSES" / "dependencies.csv"

# Terms on which a program under MIT may use a package, and this project may tell others to install it.
PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-2-Clause-Views", "BSD-3-Clause", "CC0-1.0", "ISC", "LicenseRef-PublicDomain", "MIT", "MIT-0", "MIT-CMU",
    "PSF-2.0", "Zlib", "MPL-2.0",
}  # fmt: skip
FONTS = {"OFL-1.1", "IPA"}
# GPL 3 or later may be combined with all of these, GPL 2 alone not with Apache-2.0: it is for programs that tests start.
BY_USE = {
    "run": PERMISSIVE | FONTS | {"GPL-3.0-or-later"},
    "build": PERMISSIVE | FONTS | {"GPL-3.0-or-later", "LGPL-2.1-or-later", "GPL-2.0-or-later"},
    "test": PERMISSIVE | FONTS | {"GPL-3.0-or-later", "GPL-2.0-or-later", "GPL-2.0-only"},
}


@pytest.fixture(scope="module")
def licences():
    """The module tools/licences.py."""
    spec = importlib.util.spec_from_file_location("licences", ROOT / "tools" / "licences.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def table():
    with open(TABLE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def allowed(expression, known):
    """Whether an SPDX expression of AND and OR can be met with known terms; parentheses are not used and not read."""
    return bool(expression) and any(all(term.strip() in known for term in choice.split(" AND ")) for choice in expression.split(" OR "))


@pytest.mark.parametrize(
    ("expression", "fits"),
    [("MIT", True), ("MIT AND BSD-3-Clause", True), ("AGPL-3.0-only OR MIT", True), ("MIT AND AGPL-3.0-only", False), ("", False), ("BSD", False), ("(MIT", False)],
)
def test_an_expression_is_met_or_not(expression, fits):
    assert allowed(expression, PERMISSIVE) == fits


def test_every_licence_allows_the_use():
    wrong = [f"{row['name']} {row['version']} ({row['use']}): {row['licence'] or 'no licence'}" for row in table() if not allowed(row["licence"], BY_USE[row["use"]])]
    assert wrong == [], "not on the list of licences for this use"


def test_the_table_lists_the_locked_packages(licences):
    assert [(row["name"], row["version"], row["condition"]) for row in table()] == sorted(licences.locked()), "run .venv/bin/python tools/licences.py"


def test_the_table_says_what_the_packages_here_say(licences):
    wrong = []
    for row in table():
        try:
            if importlib.metadata.version(row["name"]) == row["version"] and licences.licence(row["name"]) != row["licence"]:
                wrong.append(f"{row['name']}: {licences.licence(row['name'])}, not {row['licence']}")
        except importlib.metadata.PackageNotFoundError:
            assert row["condition"], f"{row['name']} is for every system, and not installed"
    assert wrong == [], "run .venv/bin/python tools/licences.py"


def test_the_table_says_what_each_package_is_for(licences):
    used = licences.uses({row["name"] for row in table()})
    assert [row["name"] for row in table() if used.get(row["name"], row["use"]) != row["use"] and not row["condition"]] == []
    assert {name for roots in licences.USES.values() for name in roots} == set(licences.direct()), "say in tools/licences.py what each direct dependency is for"


def test_what_runs_in_tests_only_is_not_imported_by_the_package(licences):
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "analysis").rglob("*.py")))
    modules = {name for name in licences.USES["test"] if re.search(rf"^\s*(?:import|from) {name.replace('-', '_')}\b", code, re.MULTILINE)}
    assert modules == set()


# The workflow


def workflow():
    return yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))


def steps():
    return [step for job in workflow()["jobs"].values() for step in job["steps"]]


def test_actions_stand_at_a_commit_and_name_its_version():
    text = (ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8")
    lines = re.findall(r"uses: (.*)", text)
    assert len(lines) == sum("uses" in step for step in steps()) > 0
    assert [line for line in lines if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line)] == []
    assert len(set(lines)) == len({line.split("@")[0] for line in lines}), "one action at two versions"


def test_the_audit_runs_weekly_and_on_push_with_pinned_tools():
    triggers = workflow()[True]  # YAML takes `on` for a truth value
    assert "push" in triggers and re.fullmatch(r"\d+ \d+ \* \* \d", triggers["schedule"][0]["cron"])
    job = workflow()["jobs"]["audit"]
    assert job["if"] == "github.event_name != 'pull_request'"
    commands = "\n".join(step.get("run", "") for step in job["steps"])
    assert "--require-hashes" in commands and "tools/audit-requirements.txt" in commands and " requirements.txt" in commands
    assert not re.search(r"pip install (?!.*--require-hashes)|pipx", commands)


def test_the_audit_tools_are_hashed_and_name_no_place():
    text = (ROOT / "tools/audit-requirements.txt").read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()
    assert any(entry.startswith("pip-audit==") for entry in entries)
    assert [entry[:60] for entry in entries if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[^\s;]+( ; [^-]+?.*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry)] == []
    assert "://" not in text and "index" not in text


def test_the_workflow_tests_every_python_the_project_names():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    low, high = map(int, re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', project).groups())
    assert workflow()["jobs"]["test"]["strategy"]["matrix"]["python"] == [f"3.{minor}" for minor in range(low, high)]


def test_nothing_of_the_repository_can_be_written_but_the_pages():
    assert workflow()["permissions"] == {"contents": "read"}
    wider = {name: job["permissions"] for name, job in workflow()["jobs"].items() if "permissions" in job}
    assert wider == {"publish": {"contents": "read", "pages": "write", "id-token": "write"}}
    assert all(step["with"]["persist-credentials"] is False for step in steps() if step.get("uses", "").startswith("actions/checkout"))
