"""Quotation marks around passages, as the book prints them."""

_PAIRS = {"“": "”", '"': '"', "‘": "’", "'": "'"}


def quoted(text):
    """Put quotation marks around a passage, unless it brings its own.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> quoted("stayed firm")
    '“stayed firm”'
    >>> quoted('"set a future course"')
    '"set a future course"'
    >>> quoted('"build new momentum" and "set a future course" for relations')
    '“"build new momentum" and "set a future course" for relations”'
    """
    closing = _PAIRS.get(text[:1])
    if closing and len(text) > 1 and text.endswith(closing) and text.count(closing) == 1 + (text[0] == closing):
        return text
    return f"“{text}”"
