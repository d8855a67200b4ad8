from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.content import RichTextField
from apps.core.translated import Translated

from .querysets import PageQuerySet


class Page(Translated):
    """A page that staff write in four languages: About, the 3E approach, contact, the notices."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    lead = models.CharField(_("opening"), max_length=400, blank=True)
    body = RichTextField(_("text"), blank=True)
    draft_notice = models.BooleanField(
        _("say that this is a draft"), default=False, help_text=_("“Draft, to be approved by IOM” stands on the page.")
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("portal:about") if self.slug == "about" else reverse("portal:page", args=[self.slug])
