"""What drawings of dates share: a date as a mark, or as a line as long as it is uncertain."""

from ...base import dates
from ...cells import drawing

KEY = (("o", drawing.FROM_TEXT), ("s", drawing.FROM_RECORD))  # what the texts support, and what the record says
_POINT = 0.12  # years; a shorter time is a mark


def spans(values):
    """Return the times in years that some EDTF dates leave to choose from."""
    return [dates.years(choice) for value in values for choice in dates.choices(value)]


def draw(panels, y, value, kind, size, width, arrows=False, url=None):
    """Draw an EDTF date at a height: a mark or line for each choice it leaves.

    Parameters
    ----------
    panels : list of matplotlib.axes.Axes
        As :func:`analysis.cells.drawing.time_axes` returns them.
    y : float
    value : str
        Empty for a time that may be any.
    kind : (str, str)
        Marker and colour.
    size, width : float
        Of a mark, and of a line.
    arrows : bool
        Whether arrows say that a line goes on.
    url : str, optional
    """
    marker, colour = kind
    for first, last in spans([value]):
        for axes in panels:
            low, high = axes.get_xlim()
            left, right = low if first is None else first, high if last is None else last
            if right < low or left > high:
                continue  # drawn in another panel: time_axes leaves no date out
            if right - left < _POINT:
                axes.plot((left + right) / 2, y, marker=marker, color=colour, markersize=size, url=url)
                continue
            room = 0.04 * (high - low) if arrows else 0
            ends = max(left, low + room), min(right, high - room)
            axes.plot(ends, [y, y], color=colour, linewidth=width, solid_capstyle="butt", url=url)
            for end, is_open, arrow in zip(
                ends, (first is None and axes is panels[0], last is None and axes is panels[-1]), "<>"
            ):
                if arrows and is_open:
                    axes.plot(end, y, marker=arrow, color=colour, markersize=6)
