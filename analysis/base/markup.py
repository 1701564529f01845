"""Text in cells of tables: what an author means as markup, and what is only text.

The page reads cells as MyST. MyST makes links of addresses, runs ``{{ … }}``
as a template and passes HTML on, and quotations, names and remarks come from
articles. So a cell is text throughout, except for the roles of
:data:`ROLES`.
"""

import re

ROLES = ("code", "sid", "st", "quote", "saved", "year", "month", "cite", "ref", "numref", "doc", "term")

_MARK = r"[!-/:-@\[-`{-~]"  # CommonMark's ASCII punctuation: nothing else begins markup, and all of it can be escaped
_ROLE = rf"\{{(?:{'|'.join(ROLES)})\}}`[^`\r\n]+`"
_TOKEN = re.compile(rf"{_ROLE}|\\{_MARK}|{_MARK}")
_ESCAPED = re.compile(rf"\\({_MARK})")
_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t\r\n]*")


class Markup(str):
    """MyST text an author wrote for a cell, taken as it is; never text from the data."""


def escape(text):
    r"""Escape text from the data, so that MyST shows it as it is.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> print(escape("{sid}`x` <b> www.example.org"))
    \{sid\}\`x\` \<b\> www\.example\.org
    """
    return re.sub(_MARK, r"\\\g<0>", _BREAK.sub(" ", text))


def literals(text):
    r"""Escape text of an author in which words between backticks are code.

    Parameters
    ----------
    text : str
        Such as a rule of the codebook.

    Returns
    -------
    str

    Examples
    --------
    >>> print(literals("coded `for` * none"))
    coded {code}`for` \* none
    """
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a mark without its partner is only a mark
        return escape(text)
    return "".join(f"{{code}}`{part}`" if number % 2 and part else escape(part) for number, part in enumerate(parts))


def cell(text):
    r"""Escape whatever in a cell is neither escaped yet nor a role.

    Parameters
    ----------
    text : str
        Text, roles of :data:`ROLES` and parts that went through
        :func:`escape`; or :class:`Markup`, which stays as it is.

    Returns
    -------
    str
        MyST inline text. Doing it twice changes nothing.

    Examples
    --------
    >>> print(cell("for {sid}`mt13-04` [a](b) \\* *"))
    for {sid}`mt13-04` \[a\]\(b\) \* \*
    """
    if isinstance(text, Markup):
        return str(text)
    return _TOKEN.sub(lambda match: match[0] if len(match[0]) > 1 else "\\" + match[0], _BREAK.sub(" ", text))


def plain(text):
    """Return what a cell says, roles reduced to what they name.

    Parameters
    ----------
    text : str
        As :func:`cell` returns it.

    Returns
    -------
    str
    """
    return re.sub(rf"\\({_MARK})|\{{\w+\}}`([^`\r\n]+)`", lambda match: match[1] or match[2], text)


def unescaped(text):
    """Return a cell without its backslashes, for measuring it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return _ESCAPED.sub(r"\1", text)
