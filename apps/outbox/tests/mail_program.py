"""What a mail program makes of a mail's HTML: which text stands in which colours, light and dark."""

import re
from html.parser import HTMLParser
from typing import NamedTuple

VOID = {"br", "meta", "img", "hr"}
UNSEEN = {"head", "title", "style"}
COLOURS = {"color", "background-color"}
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{((?:[^{}]+\{[^{}]*\})*)\s*\}")
OUTLOOK = re.compile(r"(\[data-ogs[bc]\]) \.")


class Text(NamedTuple):
    words: str
    light: tuple[str, str]
    dark: tuple[str, str]


class MailProgram(HTMLParser):
    """`elements`: each tag with its attributes; `texts`: each visible text with its colours."""

    def __init__(self, html: str):
        super().__init__()
        self.elements, self.texts, self.hidden = [], [], ""
        self.styles = "\n".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
        self.dark = dark_rules(self.styles)
        self.path = [("", False, {}, {})]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs))
        if tag in VOID:
            return
        _tag, unseen, light, dark = self.path[-1]
        own = declarations(attrs.get("style", ""))
        chosen = {name: value for name, value in own.items() if name in COLOURS}
        override = {}
        for name in (attrs.get("class") or "").split():
            override |= self.dark.get(name, {})
        unseen = unseen or tag in UNSEEN or own.get("display") == "none"
        self.path.append((tag, unseen, light | chosen, dark | chosen | override))

    def handle_endtag(self, tag):
        if tag not in VOID:
            while self.path.pop()[0] != tag:
                pass

    def handle_data(self, data):
        _tag, unseen, light, dark = self.path[-1]
        if unseen:
            self.hidden += data
        elif data.strip():
            self.texts.append(Text(data.strip(), *((it["color"], it["background-color"]) for it in (light, dark))))

    def all(self, tag) -> list[dict]:
        return [attrs for found, attrs in self.elements if found == tag]


def declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in style.split(";") if part.strip())
    return {name.strip(): value.replace("!important", "").strip() for name, _colon, value in pairs}


def rules(css: str) -> dict[str, dict[str, str]]:
    """The declarations of each class, one selector of one class each."""
    found: dict[str, dict[str, str]] = {}
    for selectors, style in RULE.findall(css):
        for selector in selectors.split(","):
            found.setdefault(selector.strip().removeprefix("."), {}).update(declarations(style))
    return found


def dark_rules(css: str) -> dict[str, dict[str, str]]:
    return rules("".join(DARK.findall(css)))


def outlook_rules(css: str) -> dict[str, dict[str, str]]:
    """The dark theme as Outlook is told it: [data-ogsc] for what is written, [data-ogsb] for what is behind it."""
    found: dict[str, dict[str, str]] = {}
    for selector, style in rules(css).items():
        if OUTLOOK.match(selector):
            found.setdefault(OUTLOOK.sub("", selector), {}).update(style)
    return found


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, #RRGGBB, as WCAG 2 reckons it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
