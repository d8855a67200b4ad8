"""Every mail in a real browser, which draws as the mail programs of phones do."""

import pytest
from django.conf import settings

from apps.outbox import kinds
from apps.outbox.models import MailContent
from apps.outbox.render import rendered
from apps.outbox.wire import filled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 700])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_mail_fits_its_screen_and_asks_for_nothing(chromium, width, theme):
    asked, wide, themes = [], [], set()
    context = chromium.new_context(viewport={"width": width, "height": 640}, color_scheme=theme)
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    for kind in kinds.every():
        for language, _name in settings.LANGUAGES:
            if kind.ready_made:
                continue
            content = MailContent(
                placeholders=list(kind.sample), **rendered(kind, language, kind.sample_context)._asdict()
            )
            tab.set_content(filled(content, {name: str(value) for name, value in kind.sample.items()}).html)
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((kind.name, language))
            themes.add(tab.evaluate("getComputedStyle(document.querySelector('.text')).backgroundColor"))
    context.close()

    assert wide == []
    assert asked == []
    assert themes == {{"light": "rgb(255, 255, 255)", "dark": "rgb(20, 29, 53)"}[theme]}
