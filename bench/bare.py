"""The yardstick: Django's `ListView` of 24 rows, a base template, 28 KB, the default middleware, and nothing else."""

import os

import environ
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": environ.Env.db_url_config(os.environ["DATABASE_URL"]) | {"CONN_MAX_AGE": 600}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                ],
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [
                            (
                                "django.template.loaders.locmem.Loader",
                                {
                                    "base.html": "<!doctype html><html lang=en><head><title>{% block title %}Bare"
                                    "{% endblock %}</title></head><body><nav>{% for n in 'abcdefgh' %}"
                                    "<a href='/{{ n }}'>{{ n }}</a>{% endfor %}</nav><main>{% block main %}"
                                    "{% endblock %}</main></body></html>",
                                    "list.html": "{% extends 'base.html' %}{% block main %}<h1>{{ paginator.count }} "
                                    "things</h1>{% for thing in object_list %}<article><h2><a href='/{{ thing.pk }}'>"
                                    "{{ thing.title }}</a></h2><p>{{ thing.text }}</p><ul>{% for word in thing.words %}"
                                    "<li>{{ word }}</li>{% endfor %}</ul><time>{{ thing.made_at|date:'j F Y' }}</time>"
                                    "</article>{% endfor %}{% if page_obj.has_next %}<a href='?page="
                                    "{{ page_obj.next_page_number }}'>Next</a>{% endif %}{% endblock %}",
                                },
                            )
                        ],
                    )
                ],
            },
        }
    ],
    USE_TZ=True,
)

import django

django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import models
from django.http import HttpResponse
from django.urls import path
from django.views.generic import ListView


class Thing(models.Model):
    title = models.CharField(max_length=100)
    text = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        db_table = "bench_thing"
        managed = False

    def __str__(self):
        return self.title

    @property
    def words(self):
        return self.text.split()[:6]


class Things(ListView):
    model = Thing
    template_name = "list.html"
    paginate_by = 24
    ordering = ["id"]


urlpatterns = [path("", Things.as_view()), path("constant", lambda request: HttpResponse("constant"))]


application = get_wsgi_application()
