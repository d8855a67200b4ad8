"""Included outside the language prefix: machines call."""

from django.urls import path

from . import views

app_name = "outbox"

urlpatterns = [
    path("webhooks/mail/mailgun/", views.mailgun, name="webhook-mailgun"),
    path("webhooks/mail/postmark/", views.postmark, name="webhook-postmark"),
]
