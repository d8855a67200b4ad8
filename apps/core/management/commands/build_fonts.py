"""Cut the portal's two typefaces to the letters its readers need. Run it when a font package changes."""

from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.management.base import BaseCommand
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# Latin-1 and Latin Extended-A cover French, Dutch, German, Kinyarwanda, Turkish, Albanian and Polish.
# Romanian needs its comma-below letters, Yoruba its dots; the rest is punctuation and a few signs.
LETTERS = {*range(0x20, 0x7F), *range(0xA0, 0x180), *map(ord, "ȘșȚțẸẹỌọẞ")}
SIGNS = set(map(ord, "ʼˆ˚˜‐–—‘’‚“”„†•…\u202f‹›€™←→−∞"))
FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "tnum", "case"]

# Advance widths of Arial and Arial Bold (2048 units an em), the face that stands in until ours has arrived.
ALPHABET = "abcdefghijklmnopqrstuvwxyz "
ARIAL = [1139, 1139, 1024, 1139, 1139, 569, 1139, 1139, 455, 455, 1024, 455, 1706, 1139]
ARIAL += [1139, 1139, 1139, 682, 1024, 569, 1139, 1024, 1479, 1024, 1024, 1024, 569]
ARIAL_BOLD = [1139, 1251, 1139, 1251, 1139, 682, 1251, 1251, 569, 569, 1139, 569, 1821, 1251]
ARIAL_BOLD += [1251, 1251, 1251, 797, 1139, 682, 1251, 1139, 1593, 1139, 1139, 1024, 569]
# How often each letter stands in running English, French, Dutch and German text, in per mille.
FREQUENCY = [66, 13, 24, 37, 133, 12, 18, 25, 65, 4, 8, 42, 24, 73, 54, 20, 4, 57, 60, 62, 35, 16, 11, 3, 7, 6, 170]


BOLD = 700
DOCUMENTS = Path(__file__).parents[2] / "data" / "fonts"


class Typeface(NamedTuple):
    family: str
    package: str
    source: str
    target: str
    axes: dict  # an axis pinned to a number leaves the font, one given a range is narrowed to it
    fallbacks: dict  # a weight in which it is set, and the letter widths of what stands in for it
    printed: list  # the weights for documents (core/pdf.py)


TYPEFACES = [
    Typeface(
        family="Bricolage Grotesque",
        package="fontpkg_bricolage_grotesque",
        source="BricolageGrotesque[opsz,wdth,wght].ttf",
        target="bricolage-grotesque",
        axes={"opsz": 24, "wdth": 100, "wght": (500, 800)},
        fallbacks={700: ARIAL_BOLD},
        printed=[700],
    ),
    Typeface(
        family="Figtree",
        package="fontpkg_figtree",
        source="Figtree[wght].ttf",
        target="figtree",
        axes={"wght": (400, 700)},
        fallbacks={400: ARIAL, 600: ARIAL_BOLD},
        printed=[400, 700],
    ),
]


class Command(BaseCommand):
    help = (
        "Write static/fonts/*.woff2 for pages and apps/core/data/fonts/*.ttf for documents, with their licences, "
        "from the font packages fontpkg-bricolage-grotesque and fontpkg-figtree; needs fonttools[woff]."
    )

    def handle(self, **options):
        folder = Path(settings.STATICFILES_DIRS[0]) / "fonts"
        for place in (folder, DOCUMENTS):
            place.mkdir(parents=True, exist_ok=True)
        for face in TYPEFACES:
            package = Path(find_spec(face.package).origin).parent
            font = cut(package / "files" / face.source, face.axes)
            target = folder / f"{face.target}.woff2"
            font.save(target)
            for place in (folder, DOCUMENTS):
                (place / f"{face.target}-LICENSE.txt").write_bytes((package / "LICENSE").read_bytes())
            self.stdout.write(f"{target.name}: {target.stat().st_size / 1000:.1f} kB")
            for weight in face.printed:
                self.stdout.write(printed(font, face, weight).name)
            for weight, widths in face.fallbacks.items():
                self.stdout.write(f"  in tokens.css, weight {weight}: {fallback_metrics(font, weight, widths)}")


def cut(source: Path, axes: dict) -> TTFont:
    """Subset first: instancing the whole font takes minutes, and the result is the same."""
    font = TTFont(source)
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS | SIGNS)
    subsetter.subset(font)
    font = instantiateVariableFont(font, axes)
    font.flavor = "woff2"
    return font


def printed(font: TTFont, face: Typeface, weight: int) -> Path:
    """One weight as a font of its own: what sets documents knows no axes."""
    still = instantiateVariableFont(deepcopy(font), {"wght": weight})
    still.flavor = None
    still["OS/2"].usWeightClass = weight
    style = "Bold" if weight == BOLD else "Regular"
    names = {1: face.family, 2: style, 4: f"{face.family} {style}", 6: f"{face.family.replace(' ', '')}-{style}"}
    for number, name in names.items():
        still["name"].setName(name, number, 3, 1, 0x409)
    for number in (16, 17, 25):  # the names of a family with more weights
        still["name"].removeNames(nameID=number)
    target = DOCUMENTS / f"{face.target}-{weight}.ttf"
    still.save(target)
    return target


def fallback_metrics(font: TTFont, weight: int, arial: list) -> str:
    """How Arial must be stretched so that the text keeps its lines when the real face arrives."""
    still = instantiateVariableFont(font, {"wght": weight})
    letters, metrics, line, em = still.getBestCmap(), still["hmtx"], still["hhea"], still["head"].unitsPerEm
    ours = [metrics[letters[ord(letter)]][0] for letter in ALPHABET]
    size = running_width(ours) / em / (running_width(arial) / 2048)
    return (
        f"size-adjust: {size:.2%}; ascent-override: {line.ascent / em / size:.2%}; "
        f"descent-override: {-line.descent / em / size:.2%}; line-gap-override: {line.lineGap / em / size:.2%}"
    )


def running_width(widths: list) -> int:
    return sum(width * often for width, often in zip(widths, FREQUENCY, strict=True))
