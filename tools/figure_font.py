"""Write the web font of the figures: Noto Sans as matplotlib measures it, cut to Latin, inside a style sheet.

The drawings keep their labels as text, so a reader can search, copy and
enlarge them. That looks right only in the face they were laid out with.
The font stands in the style sheet itself, since browsers refuse font files
to pages that are opened from a folder.

    .venv/bin/python tools/figure_font.py

Run it after a new version of the font package; a test compares the result.
"""

import base64
import io
from pathlib import Path

import fontpkg
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

TARGET = Path(__file__).parent.parent / "book" / "_static" / "figure-font.css"
CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), 0x2032, 0x2033, 0x2212]
NOTE = (
    "Noto Sans, regular, Latin; copyright The Noto Project Authors (https://github.com/notofonts/latin-greek-cyrillic),\n"
    "   SIL Open Font License 1.1 (LICENSES/OFL-1.1.txt). Made by tools/figure_font.py."
)


def web_font():
    """Return the font as WOFF2 bytes, the same for the same input."""
    font = TTFont(io.BytesIO(Path(fontpkg.path("Noto Sans")).read_bytes()), recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": 400, "wdth": 100})
    options = subset.Options(layout_features=["kern", "mark", "ccmp"], hinting=False, notdef_outline=True)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=CHARACTERS)
    cutter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    return out.getvalue()


def style_sheet():
    """Return the style sheet that carries the font."""
    data = base64.b64encode(web_font()).decode("ascii")
    source = f'url("data:font/woff2;base64,{data}") format("woff2")'
    return f'/* {NOTE} */\n@font-face {{ font-family: "Noto Sans"; font-weight: 400; src: {source}; }}\n'


if __name__ == "__main__":
    TARGET.write_text(style_sheet(), encoding="utf-8")
