"""Command line: ``python -m analysis check|html|book``."""

import argparse
import sys
import time

from . import statements
from .faults import DataError


def check():
    """Load and check all data; print what it holds."""
    begin = time.perf_counter()
    study = statements.load()
    corpus = study.corpus
    print(
        f"{len(corpus.files)} files, {len(corpus.articles)} articles, {len(corpus.sentences)} sentences, "
        f"{len(study.statements)} statements, {len(study.no_statement)} sentences without one: "
        f"no fault ({time.perf_counter() - begin:.1f} s)"
    )


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
    commands.add_parser("check", help="check files, codings and tables")
    commands.add_parser("html", help="build the HTML")
    commands.add_parser("book", help="build the HTML and the PDF")
    command = parser.parse_args(arguments).command
    try:
        if command == "check":
            check()
        else:
            from .build import BuildError, build  # Sphinx is slow to import, and `check` needs none of it

            try:
                build(with_pdf=command == "book")
            except BuildError as error:
                print(error, file=sys.stderr)
                return 1
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
