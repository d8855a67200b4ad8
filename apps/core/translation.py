from modeltranslation.translator import TranslationOptions, register

from .models import Country, Language, Region, Sector, Skill


@register([Country, Region, Sector, Language])
class TermTranslation(TranslationOptions):
    fields = ["name"]


@register(Skill)
class SkillTranslation(TranslationOptions):
    fields = ["name", "synonyms"]
    fallback_values = {"synonyms": ""}
