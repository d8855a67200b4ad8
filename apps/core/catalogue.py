"""The catalogue of translations: what code and templates say in English, and what the .po files answer.

Needs no gettext on the machine: Python is read as a syntax tree, templates through Django's own `templatize`, and
polib writes the .po files and compiles them. The .mo files are committed, so that starting the portal compiles
nothing.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.conf import settings
from django.utils.translation.template import templatize

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}
TWO_FORMS = "nplurals=2; plural=(n != 1);"
WIDTH = 120

CALLS = {"gettext", "gettext_noop", "ngettext", "pgettext", "npgettext"}
STRING = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL_IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)", re.DOTALL)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")


class Message(NamedTuple):
    """What gettext knows a text by."""

    text: str
    plural: str = ""
    context: str = ""


def po_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


# --- what is said -----------------------------------------------------------------------------------------------------
def extract() -> dict[Message, list[str]]:
    """Return every text that the project asks to be translated, with the files that say it."""
    said: dict[Message, list[str]] = {}
    for path in _sources():
        read = _in_python if path.suffix == ".py" else _in_template
        for message in dict.fromkeys(read(path.read_text(encoding="utf-8"))):
            said.setdefault(message, []).append(str(path.relative_to(settings.ROOT)))
    return said


def _sources() -> Iterator[Path]:
    for folder in ("apps", "diaspora_portal"):
        for path in sorted((settings.ROOT / folder).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.parts):
                yield path
    for path in sorted((settings.ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path


def _in_python(source: str) -> Iterator[Message]:
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name.removesuffix("_lazy")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and names.get(node.func.id) in CALLS:
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            if texts:
                yield _message(names[node.func.id], texts)


def _in_template(source: str) -> Iterator[Message]:
    for call, arguments in CALL_IN_TEMPLATE.findall(templatize(source)):
        yield _message(
            "gettext" if call == "_" else call, [ast.literal_eval(text) for text in re.findall(STRING, arguments)]
        )


def _message(call: str, texts: list[str]) -> Message:
    context, texts = (texts[0], texts[1:]) if "pgettext" in call else ("", texts)
    return Message(texts[0], texts[1] if call.startswith("n") else "", context)


# --- what is answered -------------------------------------------------------------------------------------------------
def read(language: str) -> polib.POFile:
    return polib.pofile(str(po_path(language)), wrapwidth=WIDTH)


def missing() -> list[str]:
    """Name every text without a good translation, every translation that nobody asks for, every stale .mo."""
    said = extract()
    return [fault for language in LANGUAGES for fault in _faults(language, said)]


def _faults(language: str, said: dict[Message, list[str]]) -> Iterator[str]:
    if not po_path(language).exists():
        yield f"{language}: no catalogue"
        return
    catalogue = read(language)
    answered = {Message(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): entry for entry in catalogue}
    for message, files in said.items():
        if message not in answered:
            yield f"{language}: not in the catalogue: {message.text!r} ({files[0]})"
    for message, entry in answered.items():
        if entry.obsolete or message not in said:
            yield f"{language}: nobody says this any more: {message.text!r}"
        else:
            yield from (f"{language}: {what}: {message.text!r}" for what in _wrong_with(entry))
    mofile = po_path(language).with_suffix(".mo")
    if not mofile.exists() or mofile.read_bytes() != catalogue.to_binary():
        yield f"{language}: the compiled catalogue is not what the .po file says"


def _wrong_with(entry: polib.POEntry) -> Iterator[str]:
    """What keeps a translation from standing in for its original."""
    forms = [entry.msgstr_plural.get(number, "") for number in (0, 1)] if entry.msgid_plural else [entry.msgstr]
    if not all(forms):
        yield "not translated"
        return
    if entry.fuzzy:
        yield "marked as uncertain"
    original = entry.msgid_plural or entry.msgid
    # The singular may spell its number out; the plural, and a text without one, say all that the original says.
    for mark, what in ((PLACEHOLDER, "other placeholders"), (TAG, "other tags")):
        wanted, first, last = (mark.findall(text) for text in (original, forms[0], forms[-1]))
        if sorted(last) != sorted(wanted) or not set(first) <= set(wanted):
            yield what
    if {form.endswith("\n") for form in forms} != {original.endswith("\n")}:
        yield "another line end"


# --- bringing both together -------------------------------------------------------------------------------------------
def write() -> None:
    """Bring every .po file to what is said now, keep what is translated, drop what nobody says, and compile."""
    said = extract()
    for language in LANGUAGES:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        known = {}
        if path.exists():
            known = {Message(e.msgid, e.msgid_plural, e.msgctxt or ""): e for e in read(language) if not e.obsolete}
        catalogue = polib.POFile(wrapwidth=WIDTH)
        catalogue.metadata = {
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": PLURALS.get(language, TWO_FORMS),
        }
        for message, files in sorted(said.items(), key=lambda item: (item[1][0], item[0])):
            entry = known.get(message) or _untranslated(message)
            entry.occurrences = [(file, "") for file in files]
            catalogue.append(entry)
        catalogue.save(str(path))
    compile_catalogues()


def _untranslated(message: Message) -> polib.POEntry:
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: "", 1: ""}
    return entry


def compile_catalogues() -> None:
    for language in LANGUAGES:
        po_path(language).with_suffix(".mo").write_bytes(read(language).to_binary())
