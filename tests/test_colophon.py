"""The colophon: what the book was made from, and with what."""

import hashlib
import sys

from bs4 import BeautifulSoup

from analysis import paths
from analysis.build import lock


def test_the_colophon_names_packages_and_inputs(built_book):
    page = BeautifulSoup((built_book / "colophon.html").read_text(encoding="utf-8"), "lxml")
    packages, files = page.select("table.colophon")
    plain = [[name, number, licence, reason.replace("`", "")] for name, number, licence, reason in lock.dependencies()]
    listed = [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in packages.select("tbody tr")]
    assert listed == plain
    sums = {
        row.select_one("th, td").get_text(strip=True): row.select_one(".sha256").get_text(strip=True)
        for row in files.select("tbody tr")
    }
    expected = [
        path
        for folder in (paths.SEEDS, paths.DATA)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    ]
    assert sums == {paths.relative(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in expected}
    assert (
        f"Python {sys.version_info.major}.{sys.version_info.minor}." in page.get_text()
        and lock.TESTED_ON in page.get_text()
    )
