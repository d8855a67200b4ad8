"""Documents as accessible PDFs (PDF/UA-1), set by Typst from a template of ours and plain data.

Nothing in the data is ever read as markup: it reaches the template as JSON and is shown as the text that it is. The
template reads no file but those of its folder, and nothing is fetched.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

import structlog
import typst
from django.core.serializers.json import DjangoJSONEncoder

log = structlog.get_logger(__name__)

FONTS = Path(__file__).parent / "data" / "fonts"
ACCESSIBLE = ["ua-1"]
MOST = 2_000_000  # characters of data: some thousand pages


class TooLong(Exception):
    """More data than one document may hold."""


def made(template: Path, data: dict, *, at: datetime) -> bytes:
    """Return the document. The template finds the data with ``json(bytes(sys.inputs.data))``.

    Without a letter for a sign (an emoji, say) PDF/UA cannot be promised: then the document is tagged all the same, and
    the sign is an empty box.
    """
    written = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)
    if len(written) > MOST:
        raise TooLong
    moment = int(at.timestamp())
    nowhere = template.parent / "packages"  # no package is ever looked for on the machine, or elsewhere
    compiler = typst.Compiler(
        template,
        root=template.parent,
        font_paths=_fonts(),
        sys_inputs={"data": written},
        package_path=nowhere,
        package_cache_path=nowhere,
    )
    try:
        return compiler.compile(format="pdf", pdf_standards=ACCESSIBLE, timestamp=moment)
    except typst.TypstError as error:
        if "could not be displayed with font" not in error.message:
            raise
        log.warning("pdf.sign_without_letter", template=template.name, reason=error.message[:200])
        return compiler.compile(format="pdf", timestamp=moment)


@cache
def _fonts() -> typst.Fonts:
    """Ours, and those that Typst brings for signs that ours lack; never the machine's: the same everywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
