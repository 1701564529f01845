"""Command line: ``python -m analysis check|rebuild|html|pdf|book|addresses``.

Each command imports what it needs: a build that finds nothing to do must not wait for libraries.
"""

import argparse
import sys
import time

from . import paths
from .base.faults import DataError
from .build import environment

_WITH_PDF = {"html": False, "pdf": True, "book": None}  # the commands that build; None for "if its libraries are there"


def check():
    """Load and check all that a build reads; print what the data hold."""
    from .build import checks
    from .report import chapters

    begin = time.perf_counter()
    study = checks.load(chapters.check)
    corpus = study.corpus
    print(
        f"{len(corpus.files)} files, {len(corpus.articles)} articles, {len(corpus.sentences)} sentences, "
        f"{len(study.statements)} statements, {len(study.no_statement)} sentences without one: "
        f"no fault ({time.perf_counter() - begin:.1f} s)"
    )


def rebuild():
    """Write the statement table from the coding passes and the decisions."""
    from .coding import study

    for path, rows in study.rebuild():
        print(f"{paths.relative(path)}: {rows} rows")


def list_addresses():
    """Add the addresses of the built book to the list of those published."""
    from .cite import addresses

    new = addresses.update(paths.HTML)
    print("\n".join([*new, f"{paths.relative(paths.ADDRESSES)}: {len(new)} new"]))


def main(arguments=None):
    """Run one command.

    Parameters
    ----------
    arguments : list of str, optional

    Returns
    -------
    int
        0 when all went well, 1 on faults in the data or a failed build.
    """
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Check the data or build the book.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="check all that a build reads: files, tables, pages, notebooks")
    commands.add_parser("rebuild", help="write the statement table from the coding passes and decisions")
    commands.add_parser("html", help="build the HTML")
    commands.add_parser("pdf", help="build the HTML and the PDF; fail if the PDF cannot be made")
    commands.add_parser("book", help="build the HTML, and the PDF if its libraries are there")
    commands.add_parser("addresses", help="add the built book's addresses to the list of those published")
    command = parser.parse_args(arguments).command
    sys.stdout.reconfigure(
        errors="backslashreplace"
    )  # a terminal need not have every character; stderr has this by itself
    if command in _WITH_PDF and arguments is None:
        environment.enter()
    try:
        if command == "check":
            check()
        elif command == "rebuild":
            rebuild()
        elif command == "addresses":
            list_addresses()
        else:
            from .build.book import BuildError, build

            try:
                build(_WITH_PDF[command])
            except BuildError as error:
                print(error, file=sys.stderr)
                return 1
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; _build/html is as it was", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.modules["rfc3987_syntax"] = None  # as in jupyter_book_run: it takes two seconds, and nothing here needs it
    sys.exit(main())
