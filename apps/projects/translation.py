from modeltranslation.translator import TranslationOptions, register

from apps.core import history

from .models import (
    Citation,
    Deliverable,
    Document,
    Figure,
    Indicator,
    Organisation,
    Partnership,
    Period,
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


# --- versions: after the registration, when modeltranslation's columns are there --------------------------------------
history.register(Figure)
history.register(Indicator, parts=("figures",))
for part in (Section, Phase, Period, Partnership, Document, Picture, Deliverable, Citation):
    history.register(part)
history.register(Video, but=("url",))  # as for files: what there is to watch does not come back
history.register(
    Project,
    parts=(
        "periods", "phases", "sections", "partnerships", "indicators", "deliverables", "documents", "videos",
        "pictures", "citations",
    ),
    but=("slug", "notes"),  # links lead to the address; what the team notes for itself is not kept when it is deleted
)  # fmt: skip
