"""What every template keeps to, read from its source."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Lexer, TokenType

pytestmark = pytest.mark.static

ROOT = Path(settings.ROOT)
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
HTML = [path for path in TEMPLATES if path.suffix == ".html"]

# Written the same in every language.
NAMES = {"iDiaspora.org", "Diaspora Portal"}
SAID_TO_PEOPLE = {"alt", "title", "placeholder", "aria-label", "aria-description", "label"}
# Sample content beside the components; what explains them is translated.
SAMPLES = {"portal/styleguide.html"}

VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for what a tag or variable prints
IN_TRANSLATION = re.compile(r"^blocktrans(late)?\b")
PLAIN_LITERAL = re.compile(r"""(?<!_\()(["'])(?P<text>(?:(?!\1).)*)\1""")
ATTRIBUTE = re.compile(r'^[\w-]+="[^"]*"$')  # in a block inside a tag
CLASSES = re.compile(r"{%\s*block \w*class\s*%}.*?{%\s*endblock\s*%}", re.DOTALL)
SENTENCE = re.compile(r"^[A-Z][a-zé]")


def relative(path):
    return str(path.relative_to(ROOT / "templates"))


def skeleton(source):
    """The template without its tags, comments and translated texts."""
    out, closing = [], None
    for token in Lexer(CLASSES.sub("", source)).tokenize():
        name = token.contents.split()[0] if token.contents.split() else ""
        if closing:
            closing = None if token.token_type == TokenType.BLOCK and name in closing else closing
        elif token.token_type == TokenType.TEXT:
            out.append(token.contents)
        elif token.token_type == TokenType.BLOCK and IN_TRANSLATION.match(token.contents):
            closing = {f"end{name}"}
        elif token.token_type == TokenType.BLOCK and name == "comment":
            closing = {"endcomment"}
        elif token.token_type != TokenType.COMMENT:
            out.append(VALUE)
    return "".join(out)


class Reader(HTMLParser):
    """Collects what people read, and every attribute."""

    def __init__(self, source):
        super().__init__()
        self.texts, self.attributes, self.inside = [], [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self.texts += [value for name, value in attrs if name in SAID_TO_PEOPLE and value]

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in {"script", "style"}:
            self.texts.append(data)


def attributes(path):
    return Reader(skeleton(path.read_text(encoding="utf-8"))).attributes


def untranslated(source, *, html=True):
    plain = skeleton(source)
    texts = Reader(plain).texts if html else [plain]
    lines = [line.replace(VALUE, " ").strip() for text in texts for line in text.splitlines()]
    said = [line for line in lines if re.search(r"[^\W\d_]{2}", line)]
    return [line for line in said if line not in NAMES and not ATTRIBUTE.match(line)]


def untranslated_arguments(source):
    """Sentences given to components and filters without `_( … )` round them."""
    tokens = [t for t in Lexer(source).tokenize() if t.token_type in (TokenType.BLOCK, TokenType.VAR)]
    tokens = [t for t in tokens if not re.match(r"^(blocktrans|trans)(late)?\b", t.contents)]
    literals = [found["text"] for token in tokens for found in PLAIN_LITERAL.finditer(token.contents)]
    return [text for text in literals if SENTENCE.match(text) and text not in NAMES]


@pytest.mark.parametrize("path", [p for p in TEMPLATES if relative(p) not in SAMPLES], ids=relative)
def test_no_template_says_anything_in_one_language_only(path):
    source = path.read_text(encoding="utf-8")

    assert untranslated(source, html=path.suffix == ".html") == []
    assert untranslated_arguments(source) == []


@pytest.mark.parametrize("path", HTML, ids=relative)
def test_no_template_needs_a_hole_in_the_content_security_policy(path):
    inline = [(tag, name) for tag, name, _value in attributes(path) if name == "style" or name.startswith("on")]

    # Mails have no policy, and mail programs read no stylesheet.
    assert [found for found in inline if not relative(path).startswith("emails/")] == []
    assert [tag for tag, name, value in attributes(path) if value.strip().lower().startswith("javascript:")] == []


@pytest.mark.parametrize("path", HTML, ids=relative)
def test_no_template_holds_a_script_or_a_style_of_its_own(path):
    scripts = re.findall(r"<script\b([^>]*)>", skeleton(path.read_text(encoding="utf-8")))

    assert [script for script in scripts if "src=" not in script and "application/" not in script] == []
    if not relative(path).startswith("emails/"):
        assert "<style" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", HTML, ids=relative)
def test_no_page_loads_anything_from_another_host(path):
    loaded = [
        value
        for tag, name, value in attributes(path)
        if (name in {"src", "srcset", "poster", "data"} or (tag in {"link", "use"} and name == "href"))
        and re.match(r"\s*(https?:)?//", value)
    ]

    assert loaded == []


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_trusts_a_text_blindly(path):
    source = path.read_text(encoding="utf-8")

    # Plain text has nothing to escape; everything else is marked safe in Python, with the reason beside it.
    assert not re.search(r"\|\s*safe\b|\|\s*safeseq\b", source)
    assert path.suffix == ".txt" or not re.search(r"{%\s*autoescape off", source)


def test_whatever_python_calls_safe_says_why():
    """ruff refuses `mark_safe` without a `noqa`; this refuses the `noqa` without a reason."""
    silent = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "apps").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "S308" in line and not re.search(r"# noqa: S308 - \w+", line)
    ]

    assert silent == []


# --- the checks themselves see what they are there for ----------------------------------------------------------------
@pytest.mark.parametrize(
    "source",
    [
        "<p>Hello</p>",
        "<p>{{ name }} wrote</p>",
        '<img alt="A map">',
        "{% if x %}Yes{% endif %}",
        '{% include "x.html" with title="No people yet" %}',
        '{{ name|default:"Nobody" }}',
    ],
)
def test_a_text_in_one_language_is_found(source):
    assert untranslated(source) + untranslated_arguments(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "<p>{% translate 'Hello' %} · {{ name }}</p>",
        "{% blocktranslate trimmed %}Hello {{ name }}{% endblocktranslate %}",
        "{# why #}{% comment %}Hello{% endcomment %}",
        '{% include "x.html" with title=_("No people yet") classes="btn btn-sm" %}',
        '<p class="{% if x %}wide{% endif %}">12 %</p>',
        '{{ day|date:"DATE_FORMAT" }}',
    ],
)
def test_a_translated_text_is_left_alone(source):
    assert untranslated(source) + untranslated_arguments(source) == []
