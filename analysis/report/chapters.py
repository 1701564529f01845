"""Which chapter counts which issues: every issue belongs to exactly one."""

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
