"""The map: the islands under both their names, and what "two" and "four" mean."""

import json
import math
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.patches import Patch, Polygon

from ...cells import drawing

TWO = ("Shikotan", "Habomai")
FOUR = (*TWO, "Kunashir", "Iturup")
_WEST, _EAST, _SOUTH, _NORTH = 142.6, 149.8, 42.6, 46.2
_LABELS = (
    ("Etorofu / Iturup", 147.55, 45.32, "right"),
    ("Kunashiri / Kunashir", 145.75, 44.42, "right"),
    ("Shikotan", 147.02, 43.72, "left"),
    ("Habomai group", 146.42, 43.38, "left"),
)
_TWO = {"facecolor": drawing.BOTH, "edgecolor": drawing.INK, "hatch": "////", "linewidth": 0.5}
_FOUR = {"facecolor": drawing.OTHER, "edgecolor": drawing.INK, "linewidth": 0.5}
_LAND = {"facecolor": drawing.LAND, "edgecolor": drawing.RULE, "linewidth": 0.6}
_ALT = (
    "Map of the sea between Hokkaido and Urup / Uruppu. "
    "Hatched: Shikotan and the Habomai group, small, close to the eastern tip of Hokkaido. "
    "Plain dark: Kunashiri / Kunashir and Etorofu / Iturup, long islands further north-east. No boundary line is drawn."
)


def coast():
    """Read the coast.

    Returns
    -------
    list of (str or None, list of (float, float))
        Name of the land and its outer ring in degrees east and north. Source:
        Natural Earth, 1:10 million, public domain.
    """
    features = json.loads((Path(__file__).parents[1] / "coast.geojson").read_text(encoding="utf-8"))["features"]
    return [(feature["properties"]["name"], feature["geometry"]["coordinates"][0]) for feature in features]


@drawing.styled
def draw():
    """Draw the islands between Hokkaido and Urup / Uruppu.

    Returns
    -------
    analysis.cells.results.Figure
        An equirectangular drawing, true to scale at the middle latitude, in
        degrees; no boundary is drawn.
    """
    figure, axes = plt.subplots(figsize=(4.4, 3.7))
    for land, ring in coast():
        axes.add_patch(Polygon(ring, closed=True, **(_TWO if land in TWO else _FOUR if land in FOUR else _LAND)))
    for text, east, north, turn in _LABELS:
        axes.text(east, north, text, ha=turn, fontsize=9, color=drawing.INK)
    axes.text(143.35, 43.35, "Hokkaido", fontsize=11, color=drawing.MUTED)
    axes.text(149.72, 46.02, "Urup / Uruppu", fontsize=8, color=drawing.MUTED, ha="right")
    axes.text(142.9, 45.75, "Sea of Okhotsk", fontsize=9, color=drawing.MUTED)
    axes.text(147.3, 42.85, "Pacific Ocean", fontsize=9, color=drawing.MUTED)
    axes.set_xlim(_WEST, _EAST)
    axes.set_ylim(_SOUTH, _NORTH)
    axes.set_aspect(1 / math.cos(math.radians((_SOUTH + _NORTH) / 2)))
    axes.set_xticks(range(143, 150, 2), [f"{d}° E" for d in range(143, 150, 2)])
    axes.set_yticks(range(43, 47), [f"{d}° N" for d in range(43, 47)])
    axes.tick_params(length=3, labelsize=8)
    axes.spines[:].set(visible=True, color=drawing.RULE)
    drawing.key(
        figure, {"the “two” of the 1956 Joint Declaration": Patch(**_TWO), "with them: the “four”": Patch(**_FOUR)}, 1
    )
    return drawing.finish(figure, "map", _ALT)
