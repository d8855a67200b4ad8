import simple_history
from modeltranslation.translator import TranslationOptions, register

from .models import Page


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ["title", "lead", "body"]


# After the registration: modeltranslation's columns must exist when the history's model is made.
simple_history.register(Page, app="apps.portal")
