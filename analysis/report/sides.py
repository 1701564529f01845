"""The sides of the dispute: which countries belong to each, and how drawings and text tell them apart."""

from dataclasses import dataclass, replace

from ..cells import drawing


@dataclass(frozen=True, order=True)
class Side:
    """One side.

    Attributes
    ----------
    rank : int
        Its place in keys and lists.
    name : str
    one, many : str
        What one of its statements, and several, are called.
    colour, marker : str
        Of its marks.
    countries : tuple of str
        Countries of ``actors.csv`` that count with it.
    """

    rank: int
    name: str
    one: str
    many: str
    colour: str
    marker: str
    countries: tuple = ()


SIDES = (
    Side(0, "Japan", "Japanese", "Japanese", drawing.FIRST, "o", ("Japan",)),
    Side(1, "Russia", "Russian", "Russian", drawing.SECOND, "s", ("Russia", "Soviet Union")),
    Side(2, "both together", "of both together", "of both together", drawing.BOTH, "D", ("Japan and Russia",)),
    Side(3, "other", "other", "others", drawing.OTHER, "^"),
)
FORMER = {
    "Soviet Union": {"name": "Russia / USSR", "one": "Russian or Soviet", "many": "Russian or Soviet"}
}  # a side that such rows are among


def of(names, actors):
    """Return the side of each of some actors.

    Parameters
    ----------
    names : pandas.Series
    actors : pandas.DataFrame

    Returns
    -------
    list of Side
        The last of :data:`SIDES` for a country of neither, or for none. A side
        is called as :data:`FORMER` says where such a country is among its own.
    """
    countries = names.map(actors["country"])
    present, sides = set(countries), {}
    for side in SIDES:
        for country in present & set(FORMER) & set(side.countries):
            side = replace(side, **FORMER[country])
        sides |= dict.fromkeys(side.countries, side)
    return [sides.get(country, SIDES[-1]) for country in countries]


ORDER = {country: side.rank for side in SIDES for country in side.countries}
