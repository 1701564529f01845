"""Drawings in print: images with a text alternative, and links laid over their marks.

The drawings are those of matplotlib, so only what it writes is understood:
paths of absolute points, uses of them, and text, moved or turned.
"""

import html
import math
import re
from base64 import b64encode

from bs4 import BeautifulSoup
from lxml import etree

from ..base.faults import PdfError
from .tables import PORTRAIT

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_FACES = "Report Sans, Report Kanji, Report Symbols"
_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*(?:,((?:[^()]|\([^()]*\))*))?\)")
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")
_THIN = 4  # units of the drawing, for the area over a line
_HIGHEST = 560  # points, so that a caption still fits on the page
_POINTS = 0.75  # to a pixel


def set_drawings(chapter):
    """Wrap each drawing so that its links can lie over it; drop decoration."""
    for stand_in in chapter.article.select("[data-drawing]"):
        drawing = _read(chapter, chapter.drawings[int(stand_in["data-drawing"])])
        if drawing is None:
            stand_in.decompose()
            continue
        areas, width, label = link_areas(drawing), _width(drawing), drawing.get("aria-label")
        picture = b64encode(_print_ready(drawing)).decode("ascii")
        # As an image the drawing keeps its ids to itself, and its label becomes the PDF's text alternative.
        stand_in.name, stand_in.attrs = "img", {"alt": label, "src": f"data:image/svg+xml;base64,{picture}"}
        wrap = stand_in.wrap(BeautifulSoup(f'<div class="drawing" style="width: {width:.1f}pt"></div>', "lxml").div)
        for target, (left, top, wide, high) in areas:
            place = f"left: {left:.2f}%; top: {top:.2f}%; width: {wide:.2f}%; height: {high:.2f}%"
            wrap.append(BeautifulSoup(f'<a class="area" href="{html.escape(target)}" style="{place}"></a>', "lxml").a)


def _read(chapter, text):
    """Parse a drawing; None if it has no text alternative, as for an icon."""
    if "xmlns=" not in text.split(">", 1)[0]:
        text = text.replace("<svg", f'<svg xmlns="{_SVG}"', 1)
    while (
        plain := _VARIABLE.sub(lambda match: (match[1] or "#000000").strip(), text)
    ) != text:  # print has no CSS variables
        text = plain
    try:
        drawing = etree.fromstring(text, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise PdfError(f"{chapter.name}.html: a drawing is no well-formed XML ({error})") from None
    if not drawing.get("aria-label") or drawing.get("aria-hidden") == "true":
        return None
    if drawing.get("viewBox") is None:
        raise PdfError(f"{chapter.name}.html: the drawing {drawing.get('aria-label')[:60]!r} has no viewBox")
    return drawing


def _print_ready(drawing):
    """Return the drawing as bytes: in bundled fonts, without links of its own."""
    for name in ("width", "height", "role"):
        drawing.attrib.pop(name, None)
    etree.strip_elements(
        drawing, *(f"{{{_SVG}}}{name}" for name in ("metadata", "title", "desc", "script")), with_tail=False
    )
    for link in drawing.iter(f"{{{_SVG}}}a"):
        link.tag = f"{{{_SVG}}}g"
        link.attrib.pop(_HREF, None)
    for element in drawing.iter(etree.Element):
        if "font-family" in (style := element.get("style", "")):
            element.set("style", re.sub(r"font-family:[^;]*", f"font-family: {_FACES}", style))
    drawing.set("font-family", _FACES)
    return etree.tostring(drawing, encoding="utf-8", with_tail=False)


def _numbers(text):
    return [float(number) for number in _NUMBER.findall(text)]


def _width(drawing):
    """How wide to print, in points: as on the screen, unless the page is narrower or lower."""
    _, _, width, height = _numbers(drawing.get("viewBox"))
    limit = re.search(r"max-width:\s*([\d.]+)px", drawing.get("style", ""))
    return min(float(limit[1]) * _POINTS if limit else PORTRAIT, PORTRAIT, _HIGHEST * width / height)


def link_areas(drawing):
    """Find the links of a drawing and the rectangles they cover.

    WeasyPrint draws links in SVG without making them links, so each gets an
    HTML link laid over it.

    Parameters
    ----------
    drawing : lxml.etree.Element

    Returns
    -------
    list of (str, (float, float, float, float))
        Target; left, top, width and height in per cent of the drawing. A
        slanting line has none.
    """
    x0, y0, full, high = _numbers(drawing.get("viewBox"))
    originals, areas = {element.get("id"): element for element in drawing.iter(etree.Element)}, []
    for link in drawing.iter(f"{{{_SVG}}}a"):
        points = _outline(link, originals)
        if not link.get(_HREF) or not points:
            continue
        if _only_stroked(link):
            (x, y), (to_x, to_y) = (min(axis) for axis in zip(*points)), (max(axis) for axis in zip(*points))
            if to_x - x > _THIN and to_y - y > _THIN:
                continue  # the rectangle around a slanting line would cover what others link to
            points += [(x - _THIN / 2, y - _THIN / 2), (to_x + _THIN / 2, to_y + _THIN / 2)]
        for ancestor in [link, *link.iterancestors()]:
            points = [_move(point, ancestor) for point in points]
        (left, top), (right, bottom) = (min(axis) for axis in zip(*points)), (max(axis) for axis in zip(*points))
        areas.append(
            (
                link.get(_HREF),
                (
                    (left - x0) / full * 100,
                    (top - y0) / high * 100,
                    (right - left) / full * 100,
                    (bottom - top) / high * 100,
                ),
            )
        )
    return areas


def _only_stroked(link):
    """Whether a link consists of lines and nothing filled."""
    paths = list(link.iter(f"{{{_SVG}}}path"))
    return bool(paths) and all(re.search(r"fill:\s*none", path.get("style", "")) for path in paths)


def _outline(element, originals):
    """Points that enclose an element, in its own coordinates; curves by their control points."""
    tag = etree.QName(element).localname
    if tag == "path":
        numbers = _numbers(element.get("d", ""))
        return list(zip(numbers[::2], numbers[1::2]))
    x, y = (float(element.get(name) or 0) for name in ("x", "y"))
    if tag == "use":
        original = originals.get(element.get(_HREF, "")[1:])
        return [] if original is None else [(x + a, y + b) for a, b in _outline(original, originals)]
    if tag == "text":  # a rectangle about as large
        style = element.get("style", "")
        size = re.search(r"font-size:\s*([\d.]+)", style)
        height = float(size[1]) if size else 12
        width = 0.55 * height * len("".join(element.itertext()).strip())
        anchor = re.search(r"text-anchor:\s*(\w+)", style)
        left = x - {"middle": width / 2, "end": width}.get(anchor and anchor[1], 0)
        return [(left, y - 0.8 * height), (left + width, y + 0.25 * height)]
    return [
        _move(point, child) for child in element.iterchildren(etree.Element) for point in _outline(child, originals)
    ]


def _move(point, element):
    """Apply the element's transform to a point."""
    x, y = point
    for name, body in reversed(re.findall(r"(\w+)\s*\(([^)]*)\)", element.get("transform", ""))):
        a, b, *centre = [*_numbers(body), 0, 0]
        if name == "translate":
            x, y = x + a, y + b
        elif name == "rotate":
            (cx, cy), angle = (b, centre[0]), math.radians(a)
            x, y = (
                cx + (x - cx) * math.cos(angle) - (y - cy) * math.sin(angle),
                cy + (x - cx) * math.sin(angle) + (y - cy) * math.cos(angle),
            )
    return x, y
