"""A reader of drawings: the marks of an SVG, its key and its axis of years, and what data and text say of them."""

import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

from analysis.measures import positions

STANCES = "|".join(positions.STANCES)
XLINK = "{http://www.w3.org/1999/xlink}href"
COUNTS = {
    word: number
    for number, word in enumerate(
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}


def number(word):
    """The count that a word or numeral writes."""
    return COUNTS[word.lower()] if word.lower() in COUNTS else int(word)


@dataclass(frozen=True)
class Mark:
    """A dot, line or cell: what its link is called and leads to, its colour (a role), and where it is."""

    name: str
    target: str
    colour: str
    hollow: bool
    x: float
    axes: str


class Drawing:
    """A drawing as it stands in a page or a result."""

    def __init__(self, svg):
        self.tree = etree.fromstring(svg.encode())
        self.marks, self.key = [], {}
        for element in self.tree.iter("{*}use", "{*}path"):
            parents = {
                re.sub(r".*?-(?=[a-zA-Z.]+\d*_\d+$)", "", node.get("id", "")): node for node in element.iterancestors()
            }
            style = element.get("style", "")
            colours = re.findall(r"(fill|stroke): var\(--fig-(\w+)", style)
            found = dict(colours)
            if "defs" in {etree.QName(node).localname for node in element.iterancestors()} or not colours:
                continue
            colour = found.get("stroke", found.get("fill"))
            if any(name.startswith("legend_") for name in parents):
                text = element.xpath("ancestor::*[contains(@id, 'line2d')][1]/following-sibling::*[1]")
                if text and found.get("fill") != "paper":
                    self.key.setdefault(colour, "".join(text[0].itertext()).strip())
                continue
            axes = next((name for name in parents if name.startswith("axes_")), "")
            if (
                any("tick" in name for name in parents)
                or colour not in ("first", "second", "both", "other")
                or not axes
            ):
                continue
            link = next((node for node in element.iterancestors("{*}a")), None)
            x = element.get("x") or re.search(r"M ([\d.]+)", element.get("d", "M 0"))[1]
            name, target = (link.get("aria-label"), link.get(XLINK)) if link is not None else ("", "")
            self.marks.append(Mark(name, target, colour, found.get("fill") == "paper", float(x), axes))

    def years(self):
        """Turn the places of marks into years, by two ticks of each axes: one (mark, year) each."""
        scale = {}
        for axes in self.tree.iter("{*}g"):
            if re.search(r"-axes_\d+$", axes.get("id", "")):
                ticks = [
                    (float(text.get("x")), int(text.text))
                    for text in axes.iter("{*}text")
                    if re.fullmatch(r"\d{4}", text.text or "")
                ]
                scale[axes.get("id").split("-")[-1]] = ticks[0], ticks[-1]
        for mark in self.marks:
            (x0, year0), (x1, year1) = scale[mark.axes]
            yield mark, year0 + (mark.x - x0) * (year1 - year0) / (x1 - x0)

    def counts(self):
        """Count the marks of single statements by (issue, stance, side as the key names it, hollow)."""
        parts = [(mark.name.split(": ", 1)[1].split(", "), mark) for mark in self.marks]
        return Counter((issue, stance, self.key[mark.colour], mark.hollow) for (*_, issue, stance), mark in parts)


def of_data(data):
    """Count the rows of the data as `Drawing.counts` counts the marks; those that say they are not drawn left out."""
    if "Date" in data:
        data = data[~data["Date"].str.endswith("(not drawn)")]
    return Counter(
        zip(data["Issue"].str.lower(), data["Position"], data["Side"], data["Own or ascribed"] != "own position")
    )


def of_text(text, named):
    """Count what the alternative of a chart of stances says of (issue, stance, side) and of (issue, stance, hollow)."""
    by_side, by_basis = Counter(), Counter()
    for issue, told in re.findall(r"(?:^| )([A-Z0-9][^.:]*): ([^.]*)\.", text):
        for word, stance, whose, basis in re.findall(rf"(\w+) ({STANCES}) \((.*?); (.*?)\)", told):
            counted = re.findall(rf"(\w+) ({'|'.join(map(re.escape, named))})(?:,| and|$)", whose) or [(word, whose)]
            for count, adjective in counted:
                by_side[issue.lower(), stance, named[adjective]] += number(count)
            own = re.search(r"(\w+) own positions?, (\w+) ascribed", basis)
            own = number(own[1]) if own else number(word) * ("own" in basis)
            by_basis[issue.lower(), stance, False] += own
            by_basis[issue.lower(), stance, True] += number(word) - own
    return by_side, +by_basis


def summed(counts, *kept):
    """Add counts up over all parts of their keys but some."""
    out = Counter()
    for key, count in counts.items():
        out[tuple(key[place] for place in kept)] += count
    return out
