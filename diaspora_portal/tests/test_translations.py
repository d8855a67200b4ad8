import pytest

from apps.core import catalogue
from apps.core.catalogue import Message

pytestmark = pytest.mark.static


def test_every_text_is_translated_and_no_translation_is_stale():
    assert catalogue.missing() == [], "./portal manage translations --write, then translate what it names"


# --- the check itself sees what it is there for -----------------------------------------------------------------------
@pytest.fixture
def project(tmp_path, settings):
    """A project of one file, whose catalogues are in order."""
    settings.ROOT, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    (tmp_path / "apps").mkdir()
    (tmp_path / "templates").mkdir()
    say(tmp_path, "Hello %(name)s")
    catalogue.write()
    answer(dict.fromkeys(catalogue.LANGUAGES, "Salut %(name)s"))
    assert catalogue.missing() == []
    return tmp_path


def say(project, text):
    (project / "apps" / "views.py").write_text(f"from django.utils.translation import gettext as _\n_({text!r})\n")


def answer(texts, **marks):
    for language, text in texts.items():
        po = catalogue.read(language)
        po[0].msgstr = text
        for name, value in marks.items():
            setattr(po[0], name, value)
        po.save()
    catalogue.compile_catalogues()


def test_a_new_text_is_missing_in_every_language_and_the_old_one_is_stale(project):
    say(project, "Goodbye")

    assert len(catalogue.missing()) == 2 * len(catalogue.LANGUAGES)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not translated"),
        ("Salut", "other placeholders"),
        ("Salut %(nom)s", "other placeholders"),
        ("<b>Salut</b> %(name)s", "other tags"),
        ("Salut %(name)s\n", "another line end"),
    ],
)
def test_a_translation_that_cannot_stand_in_is_named(project, text, fault):
    answer({"fr": text})

    assert catalogue.missing() == [f"fr: {fault}: 'Hello %(name)s'"]


def test_an_uncertain_translation_does_not_count(project):
    answer({"nl": "Dag %(name)s"}, flags=["fuzzy"])

    assert catalogue.missing() == ["nl: marked as uncertain: 'Hello %(name)s'"]


def test_a_translation_that_was_not_compiled_is_named(project):
    po = catalogue.read("de")
    po[0].msgstr = "Guten Tag %(name)s"
    po.save()

    assert catalogue.missing() == ["de: the compiled catalogue is not what the .po file says"]


def test_writing_keeps_translations_adds_the_new_and_drops_the_stale(project):
    (project / "templates" / "page.html").write_text("{% translate 'New' %}")
    catalogue.write()
    assert {entry.msgid: entry.msgstr for entry in catalogue.read("fr")} == {
        "Hello %(name)s": "Salut %(name)s",
        "New": "",
    }

    (project / "templates" / "page.html").unlink()
    catalogue.write()
    assert [entry.msgid for entry in catalogue.read("fr")] == ["Hello %(name)s"]


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ("{% translate 'Save' %}", [Message("Save")]),
        ("{% translate 'May' context 'month' %}", [Message("May", context="month")]),
        ("{% blocktranslate trimmed %}\n One\n line {% endblocktranslate %}", [Message("One line")]),
        (
            "{% blocktranslate count n=x %}{{ n }} skill{% plural %}{{ n }} skills{% endblocktranslate %}",
            [Message("%(n)s skill", "%(n)s skills")],
        ),
        ("{% include 'x.html' with title=_('Nothing yet') %}", [Message("Nothing yet")]),
        ("{{ name|default:_('No name') }}", [Message("No name")]),
        ("{# {% translate 'gone' %} #}", []),
    ],
)
def test_texts_of_templates_are_found(source, messages):
    assert list(catalogue._in_template(source)) == messages


def test_texts_of_code_are_found_under_every_name_of_gettext():
    source = (
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        "_('a long '\n  'text'); ngettext('one', 'many', n); pgettext('verb', 'open'); print('not this')"
    )

    assert list(catalogue._in_python(source)) == [
        Message("a long text"),
        Message("one", "many"),
        Message("open", context="verb"),
    ]


def test_zero_is_singular_in_french_and_plural_in_german(project):
    assert catalogue.read("fr").metadata["Plural-Forms"] == "nplurals=2; plural=(n > 1);"
    assert catalogue.read("de").metadata["Plural-Forms"] == "nplurals=2; plural=(n != 1);"
