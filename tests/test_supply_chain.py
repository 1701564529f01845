"""Where the packages come from and on what terms: licences, the audit, the workflow."""

import importlib.metadata
import re
import tomllib

import pytest
import yaml

from analysis import paths
from analysis.base.faults import DataError
from analysis.build import lock

ROOT = paths.ROOT
# Terms on which a program under MIT may use a package, and this project may tell others to install it.
# GPL 3 or later may be combined with all of these, GPL 2 alone not with Apache-2.0: it is for programs that tests start.
FIT = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-2-Clause-Views", "BSD-3-Clause", "CC0-1.0", "ISC", "LicenseRef-PublicDomain", "MIT", "MIT-0", "MIT-CMU",
    "PSF-2.0", "Zlib", "MPL-2.0", "OFL-1.1", "IPA", "LGPL-2.1-or-later", "GPL-2.0-or-later", "GPL-3.0-or-later",
}  # fmt: skip
STARTED = {"codespell": {"GPL-2.0-only"}}
TESTS_ONLY = {
    "pytest",
    "hypothesis",
    "playwright",
    "pypdf",
    "codespell",
    "frictionless",
    "jsonschema",
    "axe-playwright-python",
}


def allowed(expression, known):
    """Whether an SPDX expression of AND and OR can be met with known terms; parentheses are not used and not read."""
    return bool(expression) and any(
        all(term.strip() in known for term in choice.split(" AND ")) for choice in expression.split(" OR ")
    )


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True),
        ("MIT AND BSD-3-Clause", True),
        ("AGPL-3.0-only OR MIT", True),
        ("MIT AND AGPL-3.0-only", False),
        ("", False),
        ("BSD", False),
        ("(MIT", False),
    ],
)
def test_an_expression_is_met_or_not(expression, fits):
    assert allowed(expression, FIT) == fits


def test_the_licence_of_each_direct_dependency_allows_its_use():
    wrong = [
        f"{name}: {licence}"
        for name, _, licence, _ in lock.dependencies()
        if not allowed(licence, FIT | STARTED.get(name, set()))
    ]
    assert wrong == [], "not on the list of licences that fit"


def test_what_any_installed_package_says_of_its_licence_allows_its_use():
    names = set(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==", paths.LOCK.read_text(encoding="utf-8"), re.MULTILINE))
    said = {
        package.name: package.metadata.get("License-Expression")
        for package in importlib.metadata.distributions()
        if package.name.lower() in names
    }
    said = {name: expression.replace("(", "").replace(")", "") for name, expression in said.items() if expression}
    assert len(said) > 40
    assert {
        name: expression for name, expression in said.items() if not allowed(expression, FIT | STARTED.get(name, set()))
    } == {}


def test_the_licences_are_those_that_the_packages_say():
    said = {name: importlib.metadata.metadata(name).get("License-Expression") for name, *_ in lock.dependencies()}
    listed = {name: licence for name, _, licence, _ in lock.dependencies()}
    assert {name: listed[name] for name, expression in said.items() if expression and expression != listed[name]} == {}


def test_a_dependency_without_a_licence_is_named(tmp_path, monkeypatch):
    path = tmp_path / "dependencies.csv"
    path.write_text(paths.LICENCES.read_text(encoding="utf-8").replace("pandas,BSD-3-Clause\n", ""), encoding="utf-8")
    monkeypatch.setattr(paths, "LICENCES", path)
    with pytest.raises(DataError, match=r"requirements.in, line \d+: found 'pandas'"):
        lock.dependencies()


def test_no_licence_is_listed_without_its_dependency():
    listed = [line.split(",")[0] for line in paths.LICENCES.read_text(encoding="utf-8").splitlines()[1:]]
    assert listed == sorted(name for name, *_ in lock.dependencies())


def test_what_runs_in_tests_only_is_not_imported_by_the_package():
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "analysis").rglob("*.py")))
    assert {
        name for name in TESTS_ONLY if re.search(rf"^\s*(?:import|from) {name.replace('-', '_')}\b", code, re.MULTILINE)
    } == set()


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
    assert (
        "--require-hashes" in commands
        and "tools/audit-requirements.txt" in commands
        and " requirements.txt" in commands
    )
    assert not re.search(r"pip install (?!.*--require-hashes)|pipx", commands)


def test_the_audit_tools_are_hashed_and_name_no_place():
    text = (ROOT / "tools/audit-requirements.txt").read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()
    assert any(entry.startswith("pip-audit==") for entry in entries)
    assert [
        entry[:60]
        for entry in entries
        if not re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[^\s;]+( ; [^-]+?.*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry)
    ] == []
    assert "://" not in text and "index" not in text


def test_the_workflow_tests_every_python_the_project_names():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tested = [classifier.rpartition(" ")[2] for classifier in project["classifiers"] if "Python :: 3." in classifier]
    assert workflow()["jobs"]["test"]["strategy"]["matrix"]["python"] == tested
    assert project["requires-python"] == f">={tested[0]}" and tested[-1] >= "3.14"


def test_nothing_of_the_repository_can_be_written_but_the_pages():
    assert workflow()["permissions"] == {"contents": "read"}
    wider = {name: job["permissions"] for name, job in workflow()["jobs"].items() if "permissions" in job}
    assert wider == {"publish": {"contents": "read", "pages": "write", "id-token": "write"}}
    assert all(
        step["with"]["persist-credentials"] is False
        for step in steps()
        if step.get("uses", "").startswith("actions/checkout")
    )
