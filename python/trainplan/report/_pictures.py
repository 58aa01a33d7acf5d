"""Pictures for the report: static SVG that stands in a page under a strict Content-Security-Policy.

matplotlib writes an SVG document; `inline` makes of it an element of a page: no metadata, no style elements
or attributes (presentation attributes instead), ids that no other picture has, black as the text's color.
"""

from __future__ import annotations

import io
import re
import threading
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from trainplan.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# On a dark page; each as far from its neighbors in lightness as on paper.
DARK = {
    _style.BLUE: "#5cb3ea",
    _style.VERMILION: "#f2883f",
    _style.GREEN: "#2fc79b",
    _style.PURPLE: "#dd9cc0",
    _style.SKY: "#9bd3f3",
    _style.ORANGE: "#f5bd3b",
    _style.GRAY: "#a3a3a3",
}
_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
# Settings and warnings of matplotlib and Python are those of the process.
_ONE_AT_A_TIME = threading.Lock()


def available() -> bool:
    """Tell whether pictures can be made: whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def picture(draw: Callable[[Axes], Axes], label: str, name: str, *, height: float = _style.SIZE[1]) -> str:
    """Return what `draw` draws as an SVG element; `label` says to a screen reader what it shows.

    The same picture gives the same bytes. `name` keeps its ids apart from those of other
    pictures, `height` is in inches.
    """
    import matplotlib
    from matplotlib.figure import Figure

    text = io.StringIO()
    with _ONE_AT_A_TIME, matplotlib.rc_context(), warnings.catch_warnings():
        # The reader's fonts draw the texts: what matplotlib's own font lacks does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        matplotlib.rcdefaults()
        matplotlib.rcParams["svg.fonttype"] = "none"
        matplotlib.rcParams["svg.hashsalt"] = "trainplan"
        figure = Figure(figsize=(_style.SIZE[0], height), layout="constrained")
        draw(figure.add_subplot())
        figure.savefig(text, format="svg", transparent=True, metadata=_METADATA)
    return inline(text.getvalue(), label, name)


def inline(document: str, label: str, name: str) -> str:
    """Return an SVG document of matplotlib's as an element for a page."""
    root = ElementTree.fromstring(document)
    used: set[str] = set()
    for part in root.iter():
        for key, value in part.attrib.items():
            used.update([value[1:]] if _local(key) == "href" else _REFERENCE.findall(value))
    for parent in root.iter():
        for part in [p for p in parent if _local(p.tag) in ("metadata", "style")]:
            parent.remove(part)
    for part in root.iter():
        part.tag = _local(part.tag)
        part.text, part.tail = (text if text and text.strip() else None for text in (part.text, part.tail))
        part.attrib = dict(sorted(_attributes(part.attrib, used, name).items()))
    for parent in root.iter():
        for part in [p for p in parent if p.tag == "defs" and len(p) == 0]:
            parent.remove(part)
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": label}
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)


def _local(name: str) -> str:
    """Return a name without its namespace: in a page all is HTML."""
    return name.rpartition("}")[2]


def _attributes(given: dict[str, str], used: set[str], name: str) -> dict[str, str]:
    """Return an element's attributes with its style as attributes of their own."""
    kept: dict[str, str] = {}
    for key, value in given.items():
        what = _local(key)
        if what == "style":
            pairs = (entry.partition(":") for entry in value.split(";"))
            kept |= {part.strip(): how.strip() for part, _, how in pairs if part.strip()}
        elif what == "href":
            kept[what] = f"#{name}-{value[1:]}"
        elif what == "id":
            kept |= {what: f"{name}-{value}"} if value in used else {}
        elif not (what == "transform" and value.startswith("rotate(-0 ")):
            kept[what] = value
    kept.pop("font-family", None)  # the page has a font
    return {what: _value(value, name) for what, value in kept.items()}


def _value(value: str, name: str) -> str:
    if value in ("#000000", "black"):
        return "currentColor"
    own = _REFERENCE.sub(lambda found: f"url(#{name}-{found[1]})", value)
    return _LONG_NUMBER.sub(_short, " ".join(own.split()))


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
