"""The web font of the figures: made from the pinned package, and with all characters that the figures use."""

import base64
import importlib.util
import io
import re

import pytest
from fontTools.ttLib import TTFont
from lxml import etree
from matplotlib import font_manager

from analysis import paths
from analysis.cells import drawing


@pytest.fixture(scope="module")
def maker():
    """The module tools/figure_font.py."""
    spec = importlib.util.spec_from_file_location("figure_font", paths.ROOT / "tools" / "figure_font.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def font(maker):
    """The font inside the style sheet of the repository."""
    data = re.search(r"base64,([\w+/=]+)", maker.TARGET.read_text(encoding="utf-8"))[1]
    return TTFont(io.BytesIO(base64.b64decode(data)))


def test_every_colour_of_drawings_and_pages_is_defined_in_both_schemes():
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((paths.BOOK / "_static").glob("*.css")))
    used = set(re.findall(r"var\((--fig-\w+)", text)) | set(drawing.VARIABLES.values())
    blocks = re.findall(
        r"\{([^{}]*--fig-ink:[^{}]*)\}", (paths.BOOK / "_static/report.css").read_text(encoding="utf-8")
    )
    light, dark = (set(re.findall(r"(--fig-\w+):", block)) for block in blocks)
    assert used <= light and used <= dark


@pytest.mark.slow
def test_the_style_sheet_is_what_the_tool_writes(maker):
    assert maker.TARGET.read_text(encoding="utf-8") == maker.style_sheet()


def test_labels_are_as_wide_as_matplotlib_laid_them_out(font):
    with TTFont(font_manager.findfont(drawing.STYLE["font.family"], fallback_to_default=False)) as drawn:
        theirs, widths, size = drawn.getBestCmap(), drawn["hmtx"], drawn["head"].unitsPerEm
        assert font["head"].unitsPerEm == size
        assert {code: font["hmtx"][name][0] for code, name in font.getBestCmap().items()} == {
            code: widths[theirs[code]][0] for code in font.getBestCmap()
        }


def test_all_characters_of_all_figures_are_in_the_font(built_book, font):
    covered, seen = set(map(chr, font.getBestCmap())), set()
    for page in sorted(built_book.glob("*.html")):
        for svg in re.findall(r'<svg [^>]*class="report-figure".*?</svg>', page.read_text(encoding="utf-8"), re.DOTALL):
            text = "".join("".join(label.itertext()) for label in etree.fromstring(svg.encode()).iter("{*}text"))
            seen |= set(text)
            assert set(text) - {"\n"} <= covered, f"{page.name}: {set(text) - covered}"
    assert len(seen) > 40  # the labels of the figures are text, not outlines
