"""Drawings in print: images with a text alternative, and links laid over their marks."""

import html
import math
import re
from base64 import b64encode
from copy import deepcopy

from bs4 import BeautifulSoup
from lxml import etree

from ..base.faults import PdfError
from .tables import PORTRAIT

_THIN = 4  # units of the drawing, for the area over a line
_HIGHEST_DRAWING = 560  # points, so that a caption still fits on the page
_PER_UNIT = {"": 0.75, "px": 0.75, "pt": 1, "in": 72, "cm": 72 / 2.54, "mm": 72 / 25.4}  # points


def set_drawings(chapter):
    """Wrap each drawing so that its links can lie over it; drop decoration."""
    for stand_in in chapter.article.select("[data-drawing]"):
        number = int(stand_in["data-drawing"])
        drawing = _read_drawing(chapter, chapter.drawings[number])
        if drawing is None:
            stand_in.decompose()
            continue
        areas, width, label = link_areas(drawing), _drawing_width(drawing), drawing.get("aria-label")
        picture = b64encode(_print_ready(drawing)).decode("ascii")
        wrap = BeautifulSoup(f'<div class="drawing" style="width: {width:.1f}pt"></div>', "lxml").div
        # As an image the drawing keeps its ids to itself, and its label becomes the PDF's text alternative.
        stand_in.name, stand_in.attrs = "img", {"alt": label, "src": f"data:image/svg+xml;base64,{picture}"}
        stand_in.wrap(wrap)
        for target, (left, top, width, height) in areas:
            place = f"left: {left:.2f}%; top: {top:.2f}%; width: {width:.2f}%; height: {height:.2f}%"
            wrap.append(BeautifulSoup(f'<a class="area" href="{html.escape(target)}" style="{place}"></a>', "lxml").a)


def _read_drawing(chapter, text):
    """Parse a drawing; None if it has no text alternative, as for an icon."""
    if "xmlns=" not in text.split(">", 1)[0]:
        text = text.replace("<svg", f'<svg xmlns="{_SVG}"', 1)
    try:
        drawing = etree.fromstring(_without_variables(text), etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    except etree.XMLSyntaxError as error:
        raise PdfError(f"{chapter.name}.html: a drawing is no well-formed XML ({error})") from None
    return drawing if drawing.get("aria-label") and drawing.get("aria-hidden") != "true" else None


_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_VARIABLE = re.compile(r"var\(\s*--[\w-]+\s*(?:,((?:[^()]|\([^()]*\))*))?\)")


def _without_variables(text):
    """Put in the fallback for every CSS variable.

    >>> _without_variables('fill="var(--a, var(--b, #123456))"')
    'fill="#123456"'
    """
    while (changed := _VARIABLE.sub(lambda match: (match[1] or "#000000").strip(), text)) != text:
        text = changed
    return text


def _print_ready(drawing):
    """Return the drawing as bytes: in bundled fonts, without links of its own."""
    width, height = _drawing_size(drawing)
    for name in ("width", "height", "role"):
        drawing.attrib.pop(name, None)
    if drawing.get("viewBox") is None:
        drawing.set("viewBox", f"0 0 {width / 0.75:g} {height / 0.75:g}")
    _copy_uses(drawing)
    for element in list(drawing.iter(etree.Element)):
        tag = etree.QName(element).localname
        if tag in ("metadata", "title", "desc", "script"):
            _remove(element)
        elif tag == "a":
            in_text = etree.QName(element.getparent()).localname in ("text", "tspan")
            element.tag = f"{{{_SVG}}}{'tspan' if in_text else 'g'}"
            for name in ("href", _XLINK_HREF):
                element.attrib.pop(name, None)
        elif tag == "style":
            element.text = _bundled_fonts(element.text or "")
        for name in ("style", "font-family"):
            if element.get(name):
                element.set(name, _bundled_fonts(element.get(name), bare=name == "font-family"))
    drawing.set("font-family", "Report Sans, Report Kanji, Report Symbols")
    return etree.tostring(drawing, encoding="utf-8", with_tail=False)


def _copy_uses(drawing):
    """Put a copy in for every ``<use>``: WeasyPrint searches the whole drawing for each."""
    originals = _by_id(drawing)
    for use in list(drawing.iter(f"{{{_SVG}}}use")):
        original = originals.get((use.get(_XLINK_HREF) or use.get("href") or "#")[1:])
        if original is None or etree.QName(original).localname != "path":
            continue
        use.tag = f"{{{_SVG}}}g"
        shift = f"translate({use.attrib.pop('x', '0')} {use.attrib.pop('y', '0')})"
        use.set("transform", f"{use.get('transform', '')} {shift}".strip())
        for name in ("href", _XLINK_HREF):
            use.attrib.pop(name, None)
        twin = deepcopy(original)
        twin.attrib.pop("id", None)
        twin.tail = None
        use.append(twin)


def _by_id(drawing):
    return {element.get("id"): element for element in drawing.iter(etree.Element) if element.get("id")}


def _remove(element):
    parent, tail = element.getparent(), element.tail
    if tail and tail.strip():
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    parent.remove(element)


def _bundled_fonts(style, bare=False):
    """Replace font families, which no two machines share, and the shorthand WeasyPrint reads only in part.

    >>> _bundled_fonts("font: italic 10px 'Noto Sans'; text-anchor: middle")
    'font-style: italic; font-size: 10px; font-family: Report Sans, Report Kanji, Report Symbols; text-anchor: middle'
    """

    def stack(names):
        return "Report Mono, Report Kanji, Report Symbols" if "mono" in names.lower() else "Report Sans, Report Kanji, Report Symbols"

    def long_form(match):
        out = []
        for word in match["before"].split():
            name = "font-style" if word in ("italic", "oblique") else "font-weight" if word.isdigit() or word == "bold" else ""
            out += [f"{name}: {word}"] if name else []
        return "; ".join([*out, f"font-size: {match['size']}", f"font-family: {stack(match['names'])}"])

    if bare:
        return stack(style)
    style = re.sub(r"font:\s*(?P<before>(?:[\w-]+\s+)*?)(?P<size>[\d.]+[a-z%]+)(?:/\S+)?\s+(?P<names>[^;}]+)", long_form, style)
    return re.sub(r"font-family:\s*([^;}]+)", lambda match: f"font-family: {stack(match[1])}", style)


def _drawing_size(drawing):
    """Width and height in points."""
    box = [float(number) for number in re.split(r"[\s,]+", drawing.get("viewBox", "").strip()) if number]

    def length(name, other):
        match = re.fullmatch(r"\s*([\d.]+)\s*([a-z]*)\s*", drawing.get(name, ""))
        return float(match[1]) * _PER_UNIT.get(match[2], 0.75) if match else other

    return length("width", box[2] * 0.75 if box else 400), length("height", box[3] * 0.75 if box else 300)


def _drawing_width(drawing):
    """How wide to print: its own width, unless the page is narrower or lower."""
    box = drawing.get("viewBox")
    width, height = [float(number) for number in re.split(r"[\s,]+", box.strip())[2:]] if box else _drawing_size(drawing)
    limit = re.search(r"max-width:\s*([\d.]+)px", drawing.get("style", ""))
    wanted = float(limit[1]) * 0.75 if limit else _drawing_size(drawing)[0] if drawing.get("width") else PORTRAIT
    return min(wanted, PORTRAIT, _HIGHEST_DRAWING * width / height)


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
    box = drawing.get("viewBox")
    width, height = _drawing_size(drawing)
    x0, y0, full, high = (float(n) for n in re.split(r"[\s,]+", box.strip())) if box else (0, 0, width / 0.75, height / 0.75)
    areas, originals = [], _by_id(drawing)
    for link in drawing.iter(f"{{{_SVG}}}a"):
        target = link.get(_XLINK_HREF) or link.get("href")
        points = _outline(link, originals)
        if not target or not points:
            continue
        if _only_stroked(link):
            (x, y), (to_x, to_y) = (min(axis) for axis in zip(*points)), (max(axis) for axis in zip(*points))
            if to_x - x > _THIN and to_y - y > _THIN:
                continue  # the rectangle around a slanting line would cover what others link to
            points += [(x - _THIN / 2, y - _THIN / 2), (to_x + _THIN / 2, to_y + _THIN / 2)]
        for ancestor in [link, *link.iterancestors()]:
            points = [_move(point, ancestor) for point in points]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        areas.append((target, ((left - x0) / full * 100, (top - y0) / high * 100, (right - left) / full * 100, (bottom - top) / high * 100)))
    return areas


def _only_stroked(link):
    """Whether a link consists of lines and nothing filled."""
    paths = list(link.iter(f"{{{_SVG}}}path"))
    return bool(paths) and all(re.search(r"fill:\s*none", path.get("style", "")) for path in paths)


def _outline(element, originals):
    """Points that enclose an element, in its own coordinates; curves by their control points."""
    tag = etree.QName(element).localname

    def get(*names):
        return [float(re.match(r"-?[\d.]+", element.get(name, "0"))[0]) for name in names]

    if tag in ("rect", "image"):
        x, y, width, height = get("x", "y", "width", "height")
        return [(x, y), (x + width, y + height), (x, y + height), (x + width, y)]
    if tag in ("circle", "ellipse"):
        x, y = get("cx", "cy")
        rx, ry = get("rx", "ry") if tag == "ellipse" else get("r", "r")
        return [(x - rx, y - ry), (x + rx, y + ry), (x - rx, y + ry), (x + rx, y - ry)]
    if tag == "line":
        x1, y1, x2, y2 = get("x1", "y1", "x2", "y2")
        return [(x1, y1), (x2, y2)]
    if tag in ("polygon", "polyline", "path"):
        return _pairs(element.get("points") or element.get("d") or "")
    if tag == "use":
        name = (element.get(_XLINK_HREF) or element.get("href") or "#")[1:]
        original = originals.get(name)
        x, y = get("x", "y")
        return [(x + a, y + b) for a, b in _outline(original, originals)] if original is not None else []
    if tag == "text":
        return _text_outline(element)
    return [_move(point, child) for child in element.iterchildren(etree.Element) for point in _outline(child, originals)]


def _pairs(text):
    """The points of a path or polygon, taking all commands as absolute, as matplotlib writes them."""
    pairs, numbers = [], []
    for command, body in re.findall(r"([A-Za-z]?)([^A-Za-z]*)", text):
        numbers = [float(number) for number in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", body)]
        if command in "Hh" and command and pairs:
            pairs += [(x, pairs[-1][1]) for x in numbers]
        elif command in "Vv" and command and pairs:
            pairs += [(pairs[-1][0], y) for y in numbers]
        elif command in "Aa" and command:
            pairs += [(numbers[i + 5], numbers[i + 6]) for i in range(0, len(numbers) - 6, 7)]
        elif command and command.islower() and command != "z" and pairs:
            x, y = pairs[-1]
            pairs += [(x + a, y + b) for a, b in zip(numbers[::2], numbers[1::2])]
        else:
            pairs += list(zip(numbers[::2], numbers[1::2]))
    return pairs


def _text_outline(element):
    """A rectangle about as large as the text."""
    style = f"{element.get('style', '')};font-size:{element.get('font-size', '')}"
    size = re.search(r"font(?:-size)?:[^;]*?([\d.]+)(?:px|pt|;|$|\s)", style)
    height = float(size[1]) if size else 12
    width = 0.55 * height * len("".join(element.itertext()).strip())
    x, y = (float((element.get(name) or "0").split()[0]) for name in ("x", "y"))
    anchor = re.search(r"text-anchor:\s*(\w+)", style)
    shift = {"middle": width / 2, "end": width}.get(anchor[1] if anchor else element.get("text-anchor"), 0)
    points = [(x - shift, y - 0.8 * height), (x - shift + width, y + 0.25 * height)]
    return points


def _move(point, element):
    """Apply the element's transform to a point."""
    x, y = point
    for name, body in reversed(re.findall(r"(\w+)\s*\(([^)]*)\)", element.get("transform", ""))):
        n = [float(number) for number in re.split(r"[\s,]+", body.strip())]
        if name == "translate":
            x, y = x + n[0], y + (n[1] if len(n) > 1 else 0)
        elif name == "scale":
            x, y = x * n[0], y * n[-1]
        elif name == "matrix":
            x, y = n[0] * x + n[2] * y + n[4], n[1] * x + n[3] * y + n[5]
        elif name == "rotate":
            angle, (cx, cy) = math.radians(n[0]), n[1:3] or (0, 0)
            x, y = cx + (x - cx) * math.cos(angle) - (y - cy) * math.sin(angle), cy + (x - cx) * math.sin(angle) + (y - cy) * math.cos(angle)
    return x, y
