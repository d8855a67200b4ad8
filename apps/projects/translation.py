from modeltranslation.translator import TranslationOptions, register

from .models import (
    Citation,
    Deliverable,
    Document,
    Figure,
    Indicator,
    Organisation,
    Partnership,
    Phase,
    Picture,
    Project,
    Section,
    Source,
    Video,
)


@register(Project)
class ProjectTranslation(TranslationOptions):
    fields = ["title", "lead", "contact_role"]


@register(Section)
class SectionTranslation(TranslationOptions):
    fields = ["heading", "body"]


@register(Phase)
class PhaseTranslation(TranslationOptions):
    fields = ["title", "text"]


@register([Source, Document, Video])
class TitleTranslation(TranslationOptions):
    fields = ["title"]


@register(Citation)
class CitationTranslation(TranslationOptions):
    fields = ["what"]


@register([Organisation, Indicator])
class NameTranslation(TranslationOptions):
    fields = ["name"]


@register([Partnership, Figure])
class NoteTranslation(TranslationOptions):
    fields = ["note"]


@register(Picture)
class PictureTranslation(TranslationOptions):
    fields = ["alt"]


@register(Deliverable)
class DeliverableTranslation(TranslationOptions):
    fields = ["label", "planned", "delivered"]
