"""How django-newsletter 1.2 sends, rebuilt: for each subscriber the templates are looked up, the articles read from the
database and rendered for both parts, a message object is made, and a connection opened for it.
"""

import time

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, models
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates

ARTICLES = 16
TEXT = (
    "<p>Diaspora members and associations met in <em>Brussels</em> to speak of <strong>projects</strong>, calls "
    'and events to come. <a href="https://portal.example/">More on the portal</a></p>\n'
) * 6
SOURCES = {
    "message_subject.txt": "{{ newsletter }}: {{ edition }}",
    "message.txt": """{% load i18n %}{{ newsletter }}: {{ edition }}
{% for article in articles.all %}
{{ article.title }}
{{ article.text|striptags }}
{% endfor %}
{% translate "Unsubscribe:" %} {{ site_url }}{% url 'portal:home' %}
""",
    "message.html": """{% load i18n %}<!doctype html><html><head><title>{{ newsletter }}</title></head><body>
<h1>{{ newsletter }}</h1><h2>{{ edition }}</h2>
{% for article in articles.all %}<h3>{{ article.title }}</h3>
<div>{% autoescape off %}{{ article.text }}{% endautoescape %}</div>
{% endfor %}<p><a href="{{ site_url }}{% url 'portal:home' %}">{% translate "Unsubscribe" %}</a></p></body></html>
""",
}
LOADERS = [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", SOURCES)])]


class Article(models.Model):
    title = models.CharField(max_length=100)
    text = models.TextField()

    class Meta:
        app_label = "bench"
        db_table = "bench_article"
        managed = False

    def __str__(self):
        return self.title


def prepare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_article (id serial PRIMARY KEY, title text, text text)")
        cursor.execute("TRUNCATE bench_article")
    Article.objects.bulk_create(Article(title=f"Article {number}", text=TEXT) for number in range(ARTICLES))


def send(mails: int, sender: str) -> tuple[float, int]:
    """Send so many; returns mails a second and the size of one in bytes."""
    options = {"loaders": LOADERS, "libraries": {}, "builtins": []}
    engine = DjangoTemplates({"NAME": "newsletter", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})
    prepare()

    def chosen(name):
        """The newsletter's own template, or else the general one."""
        try:
            return engine.get_template(f"diaspora/{name}")
        except TemplateDoesNotExist:
            return engine.get_template(name)

    start, size = time.perf_counter(), 0
    for number in range(mails):
        words = {"newsletter": "Diaspora newsletter", "edition": "Autumn", "articles": Article.objects, "site_url": ""}
        subject, text, html = (chosen(name).render(words) for name in SOURCES)
        message = EmailMultiAlternatives(
            subject,
            text,
            sender,
            [f"Reader {number} <reader{number}@bench.example>"],
            connection=get_connection("django.core.mail.backends.smtp.EmailBackend"),
        )
        message.attach_alternative(html, "text/html")
        message.send()
        size = size or len(message.message().as_bytes())
    return mails / (time.perf_counter() - start), size
