from modeltranslation.translator import TranslationOptions, register

from apps.core import history

from .models import Page


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ["title", "lead", "body"]


history.register(Page, but=("slug",))
