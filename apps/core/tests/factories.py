"""Words of the taxonomy for tests. `name="Nurse"` names it in all four languages, `name_fr="Infirmière"` in one."""

import factory

from apps.core import models, services, vocabulary


class TermFactory(factory.django.DjangoModelFactory):
    """A word that exists already (by its code or slug) is taken as it is."""

    class Meta:
        abstract = True

    class Params:
        name = factory.Sequence("Word {}".format)

    name_en = factory.SelfAttribute("name")
    name_fr = factory.SelfAttribute("name")
    name_nl = factory.SelfAttribute("name")
    name_de = factory.SelfAttribute("name")

    @classmethod
    def _create(cls, *args, **kwargs):
        vocabulary.forget()
        return super()._create(*args, **kwargs)


class CountryFactory(TermFactory):
    class Meta:
        model = models.Country
        django_get_or_create = ["code"]

    class Params:
        name = factory.LazyAttribute(lambda country: f"Country {country.code}")

    # Codes that ISO 3166 leaves to its users, so that none is a real country's.
    code = factory.Sequence(lambda n: "XQZ"[n // 26 % 3] + chr(ord("A") + n % 26))


class RegionFactory(TermFactory):
    class Meta:
        model = models.Region
        django_get_or_create = ["code"]

    class Params:
        name = factory.LazyAttribute(lambda region: f"Region {region.code}")

    country = factory.SubFactory(CountryFactory, code="BE", name="Belgium")
    code = factory.Sequence("BE-{:03d}".format)
    shape = factory.SelfAttribute("code")


class SectorFactory(TermFactory):
    class Meta:
        model = models.Sector
        django_get_or_create = ["slug"]

    class Params:
        name = factory.LazyAttribute(lambda sector: sector.slug.capitalize())

    slug = factory.Sequence("field-{}".format)


class LanguageFactory(TermFactory):
    class Meta:
        model = models.Language
        django_get_or_create = ["code"]

    class Params:
        name = factory.LazyAttribute(lambda language: f"Language {language.code}")

    code = factory.Sequence(lambda n: "q" + chr(ord("a") + n // 26 % 20) + chr(ord("a") + n % 26))


class SkillFactory(TermFactory):
    """A skill that searches find at once, by its names and by `synonyms_en`, `synonyms_fr` … (one a line)."""

    class Meta:
        model = models.Skill
        django_get_or_create = ["slug"]

    class Params:
        name = factory.LazyAttribute(lambda skill: skill.slug.replace("-", " ").capitalize())

    sector = factory.SubFactory(SectorFactory)
    slug = factory.Sequence("skill-{}".format)

    @classmethod
    def _after_postgeneration(cls, instance, create, results=None):
        services.refresh_skills()
        instance.refresh_from_db()
