"""How every mail looks and reads, in every language, within what mail programs can do."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings

from apps.outbox import kinds
from apps.outbox.kinds import Kind, WhenUncertain
from apps.outbox.models import Lane, MailContent
from apps.outbox.render import WIDTH, rendered
from apps.outbox.wire import PLACEHOLDER, filled

from .mail_program import MailProgram, contrast, dark_rules, declarations, outlook_rules, rules

LANGUAGES = list(dict(settings.LANGUAGES))
KINDS = [kind for kind in kinds.every() if not kind.ready_made]
EDITION = Kind(
    "tests.edition",
    lane=Lane.BULK,
    when_uncertain=WhenUncertain.WAIT,
    sample={
        "month": "June",
        "greeting": "Dear <Fanta> & all,",
        "read_url": "https://portal.example/en/editions/7/?a=1&b=2",
        "reason": "You subscribed on 3 May 2025 on our website.",
        "unsubscribe_url": "https://portal.example/unsubscribe/Zq-17/",
    },
)
CODES = [kind for kind in KINDS if "code" in kind.sample]
UNKNOWN_TO_PROGRAMS = re.compile(r"flex|grid|position|var\(|calc\(|url\(|float|\bem\b|rem\b|vw\b", re.IGNORECASE)


@pytest.fixture(autouse=True)
def templates_of_the_tests(settings):
    """The edition of the tests stands on the base that newsletters use."""
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture(params=[*KINDS, EDITION], ids=lambda kind: kind.name)
def letter(request, language):
    return read(request.param, language)


READ = {}


def read(kind, language):
    """One mail: its words, and with its sample values as its reader sees it, read as a mail program reads it."""
    if (kind.name, language) not in READ:
        words = rendered(kind, language, kind.sample_context)
        content = MailContent(placeholders=list(kind.sample), **words._asdict())
        seen = filled(content, {name: str(value) for name, value in kind.sample.items()})
        READ[kind.name, language] = SimpleNamespace(
            kind=kind, language=language, words=words, seen=seen, program=MailProgram(seen.html)
        )
    return READ[kind.name, language]


# --- what it says -----------------------------------------------------------------------------------------------------
def test_both_parts_say_the_same_facts_and_no_place_for_a_value_is_unknown(letter):
    words, known = letter.words, set(letter.kind.sample)
    in_heads = set(PLACEHOLDER.findall(words.sender + words.subject))
    in_text, in_html = set(PLACEHOLDER.findall(words.text)), set(PLACEHOLDER.findall(words.html))

    assert in_text | in_heads == in_html | in_heads == known
    assert not re.search(r"\{\{|\{%|%\(", words.subject + words.text + words.html + words.sender)


def test_a_mail_names_its_sender_its_place_and_whom_to_ask(letter):
    for part in (letter.seen.text, letter.seen.html):
        assert settings.SITE_URL in part
        assert settings.CONTACT_ADDRESS in part
    reply_to = settings.CONTACT_ADDRESS if letter.kind.answerable else ""
    assert letter.words.reply_to == reply_to
    assert letter.words.sender
    assert PLACEHOLDER.sub("", letter.words.sender).strip()  # never a stranger's name alone


def test_a_subject_is_one_short_line(letter):
    assert letter.words.subject == " ".join(letter.words.subject.split())
    assert 0 < len(letter.seen.subject) <= 78


def test_a_mail_that_nobody_answers_says_so_and_the_others_invite_to(letter):
    said = [" ".join(part.split()) for part in (letter.seen.text, letter.seen.html)]
    nobody = {"en": "Nobody reads answers", "fr": "Personne ne lit", "nl": "Niemand leest", "de": "liest niemand"}

    assert [nobody[letter.language] in part for part in said] == [not letter.kind.answerable] * 2


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.name)
def test_a_code_shows_on_no_locked_screen(kind, language):
    """Neither in the subject nor in what programs show beside it, and enough blank follows that."""
    words = rendered(kind, language)
    program = MailProgram(words.html)

    assert "[[code]]" not in words.subject + words.sender + program.hidden
    assert program.hidden.count("\N{NO-BREAK SPACE}") >= 90
    assert words.html.count("[[code]]") == words.text.count("[[code]]") == 1


def test_the_portal_signs_what_no_one_else_does():
    assert rendered(kinds.get("account.password-changed"), "nl").sender == "Diasporaportaal"


def test_a_mail_to_many_says_why_it_came_and_how_to_end_it(language):
    words = rendered(EDITION, language)

    assert '<a class="link" href="[[unsubscribe_url]]"' in words.html
    assert "\n[[unsubscribe_url]]\n" in words.text
    assert words.subject.endswith(": [[month]]")
    assert f"<title>{words.subject}</title>" in words.html


# --- the plain text ---------------------------------------------------------------------------------------------------
def test_the_plain_text_is_written_for_people(letter):
    text = letter.words.text
    body, signature = text.split("\n-- \n")

    assert not re.search(r"<[a-z/!]|&\w+;|\n\n\n|\t", text)
    assert [line for line in letter.seen.text.splitlines() if len(line) > WIDTH] == []
    assert [line for line in text.splitlines() if line != line.rstrip()] == ["-- "]
    assert signature.splitlines()[2] == settings.SITE_URL
    assert body == body.strip() + "\n"
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_every_link_of_the_plain_text_stands_on_a_line_of_its_own(letter):
    links = re.findall(r".*https?://.*", letter.seen.text)

    assert [link for link in links if not re.fullmatch(r"https?://\S+", link)] == []


# --- the page, as mail programs take it -------------------------------------------------------------------------------
def test_a_page_has_one_heading_and_says_its_language(letter):
    program = letter.program
    (html,) = program.all("html")
    (article,) = [div for div in program.all("div") if div.get("role") == "article"]

    assert (html["lang"], html["dir"]) == (article["lang"], article["dir"]) == (letter.language, "ltr")
    assert len(program.all("h1")) == 1


def test_nothing_is_loaded_and_links_lead_to_us_alone(letter):
    tags = {tag for tag, _attrs in letter.program.elements}
    links = {a["href"] for a in letter.program.all("a")}
    ours = {settings.SITE_URL, f"mailto:{settings.CONTACT_ADDRESS}"}
    theirs = {value for name, value in letter.kind.sample.items() if name.endswith("_url")}

    assert tags & {"img", "link", "script", "iframe", "object", "video", "audio", "form", "input", "svg"} == set()
    assert not re.search(r"url\(|@import|@font-face|\bsrc=|background=", letter.words.html)
    assert links == ours | theirs


def test_the_page_is_one_column_of_600_pixels_in_tables(letter):
    tables = letter.program.all("table")
    (sheet,) = [table for table in tables if table.get("class") == "sheet"]

    assert {table.get("role") for table in tables} == {"presentation"}
    assert sheet["width"] == "600"  # Outlook knows no max-width …
    assert '<!--[if mso]><table role="presentation" width="600"' in letter.words.html  # … and takes 100 % for all
    assert declarations(sheet["style"])["max-width"] == "600px"
    assert {table.get("width", "") for table in tables} <= {"", "100%", "600"}


def test_what_is_styled_carries_its_style_itself(letter):
    bare = [
        tag
        for tag, attrs in letter.program.elements
        if not attrs.get("style") and (attrs.get("class") or tag in {"td", "p", "h1", "a", "table"})
    ]
    styles = ";".join(attrs.get("style", "") for _tag, attrs in letter.program.elements)

    assert bare == []
    assert UNKNOWN_TO_PROGRAMS.findall(styles) == []


def test_every_button_has_its_padding_where_outlook_looks_for_it(letter):
    buttons = [td for td in letter.program.all("td") if td.get("class") == "button"]

    assert ["mso-padding-alt" in declarations(td["style"]) for td in buttons] == [True] * len(buttons)


def test_no_mail_is_so_long_that_gmail_cuts_it(letter):
    assert len(letter.seen.html.encode()) < 100_000


# --- light and dark ---------------------------------------------------------------------------------------------------
def test_every_text_can_be_read_in_both_themes(letter):
    faint = [
        (text.words, theme, round(contrast(*colours), 2))
        for text in letter.program.texts
        for theme, colours in (("light", text.light), ("dark", text.dark))
        if contrast(*colours) < 4.5
    ]

    assert faint == []
    assert all(text.light != text.dark for text in letter.program.texts if text.words != "∞")


def test_outlook_is_told_the_same_dark_theme(letter):
    dark = dark_rules(letter.program.styles)

    assert dark
    assert outlook_rules(letter.program.styles) == dark
    assert '<meta name="color-scheme" content="light dark">' in letter.words.html


def test_the_colours_are_those_of_the_portal(letter):
    """Of both themes, as tokens.css has them."""
    tokens = (settings.ROOT / "static/css/tokens.css").read_text()
    known = {value.upper() for value in re.findall(r"#[0-9A-Fa-f]{6}\b", tokens)} | {"#FFFFFF"}

    assert {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", letter.words.html)} <= known


# --- the checks themselves see what they are there for ----------------------------------------------------------------
def test_a_text_that_is_too_faint_in_the_dark_is_seen():
    style = "@media (prefers-color-scheme: dark) { .a { background-color: #000000 !important; } }"
    program = MailProgram(
        f'<style>{style}</style><td class="a" style="color:#111111;background-color:#ffffff">Hello<br>you</td>'
    )
    (hello, you) = program.texts

    assert (hello.light, hello.dark) == (("#111111", "#ffffff"), ("#111111", "#000000"))
    assert you.words == "you"
    assert contrast(*hello.light) > 15
    assert contrast(*hello.dark) < 1.2
    assert round(contrast("#000000", "#FFFFFF")) == 21


def test_what_outlook_is_not_told_is_seen():
    assert outlook_rules("[data-ogsc] .a, [data-ogsb] .b { color: red !important; }") == {
        "a": {"color": "red"},
        "b": {"color": "red"},
    }
    assert rules(".a, .b { color: red }") == {"a": {"color": "red"}, "b": {"color": "red"}}
