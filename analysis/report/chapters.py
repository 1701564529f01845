"""Which chapter counts which issues: every issue belongs to exactly one."""

from ..base.faults import Fault, nearest, raise_any
from ..coding import codebook
from ..paths import relative

CHAPTERS = {
    "islands": ("four_islands", "two_islands", "no_transfer", "joint_use", "compromise"),
    "joint-activity": ("joint_economic_activity", "special_system"),
    "economy-first": ("economic_cooperation", "decoupling", "economy_to_settlement"),
    "prospects": (
        "peace_treaty", "dialogue", "rapprochement", "breakthrough",
        "sovereignty_russian", "declaration_1956", "blame",
        "security", "security_cooperation", "strategic_balance", "public_opinion",
    ),
}  # fmt: skip


def issues(chapter):
    """Return the issues a chapter counts.

    Parameters
    ----------
    chapter : str
        Name of its page.

    Returns
    -------
    tuple of str
    """
    return CHAPTERS[chapter]


def check(path=None):
    """Check that every issue of the codebook is counted by exactly one chapter.

    Parameters
    ----------
    path : Path, optional
        The codebook; the project's own by default.

    Raises
    ------
    DataError
    """
    known, name = list(codebook.load(path).issues.index), relative(__file__)
    counted = [(issue, chapter) for chapter, issues in CHAPTERS.items() for issue in issues]
    owners, faults = {issue: [] for issue in known}, []
    for issue, chapter in counted:
        owners.setdefault(issue, []).append(chapter)
    for issue, chapters in owners.items():
        if issue not in known:
            expected = nearest(issue, known, "an issue of codebook.yml")
            faults.append(Fault(name, f"chapter {chapters[0]}", f"issue {issue!r}", expected))
        elif len(chapters) != 1:
            found = " and ".join(chapters) or "no chapter"
            faults.append(Fault(name, f"issue {issue}", found, "one chapter that counts it"))
    raise_any(faults)
