"""Invented people for demonstrations. Marked as samples; every page's foot says so while they are there."""

import json
from datetime import date
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction

from apps.core.models import Country, Language, Region, Sector, Skill

from ..models import PARTS, Audience, Consent, Offer, Profile, ProfileLanguage, ProfileSkill, User
from . import consents, directory
from .sample_careers import career_of

DATA = Path(__file__).parents[1] / "data" / "demo_members.json"
DOMAIN = "sample.example"
AUDIENCES = {"me": Audience.ONLY_ME, "iom": Audience.IOM, "members": Audience.MEMBERS, "public": Audience.PUBLIC}
LISTING = {"no": Audience.ONLY_ME, "members": Audience.MEMBERS, "public": Audience.PUBLIC}
WORDING = "Sample consent of an invented person."


def records() -> list[dict]:
    """The invented people, as written in the data file."""
    return json.loads(DATA.read_text(encoding="utf-8"))


@transaction.atomic
def account(*, email: str, password: str, language: str = "en", **fields) -> User:
    """A sample account whose address counts as confirmed; made once, its password set anew each time."""
    user = User.objects.filter(email=email).first() or User(email=email, is_sample=True)
    user.language = language
    for name, value in fields.items():
        setattr(user, name, value)
    user.set_password(password)
    user.save()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    return user


class Samples:
    """Makes people from records; holds the taxonomy's words in memory meanwhile."""

    def __init__(self):
        self.countries = {c.code: c for c in Country.objects.all()}
        self.regions = {r.code: r for r in Region.objects.all()}
        self.languages = {x.code: x for x in Language.objects.all()}
        self.sectors = {s.slug: s for s in Sector.objects.all()}
        self.skills = {s.slug: s for s in Skill.objects.all()}

    @transaction.atomic
    def person(self, record: dict, user: User | None = None) -> Profile:
        """Make one person, or leave the one who is there; ``user`` gives the profile to an account that exists."""
        if user is None:
            email = f"{record['key']}@{DOMAIN}"
            user, _new = User.objects.get_or_create(
                email=email, defaults={"is_sample": True, "language": record["language"], "password": "!"}
            )
            EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        if profile := Profile.objects.filter(user=user).first():
            return profile
        profile = Profile.objects.create(user=user, **self._fields(record))
        if record["ties"]:
            consents.give(user=user, purpose=Consent.Purpose.TIES, wording=WORDING)
            profile.ties.set(self.countries[code] for code in record["ties"])
        profile.sectors.set(self.sectors[slug] for slug in record["sectors"])
        ProfileLanguage.objects.bulk_create(
            ProfileLanguage(profile=profile, language=self.languages[spoken["code"]], level=spoken["level"])
            for spoken in record["languages"]
        )
        ProfileSkill.objects.bulk_create(
            ProfileSkill(profile=profile, skill=self.skills[s["slug"]], level=s["level"], years=s["years"])
            for s in record["skills"]
        )
        self._tell_career(profile, record)
        directory.refresh(profile)
        return profile

    def _tell_career(self, profile: Profile, record: dict) -> None:
        told = career_of(record)
        for job in told["occupations"]:
            profile.occupations.create(**job | {"country": self.countries[job["country"]]})
        for degree in told["degrees"]:
            skill = self.skills[degree.pop("skill")]
            title = f"{degree['title']}: {getattr(skill, f'name_{profile.language}')}"[:140]
            profile.degrees.create(**degree | {"title": title, "country": self.countries[degree["country"]]})
        for window in told["windows"]:
            countries = window.pop("countries")
            profile.availabilities.create(**window).countries.set(self.countries[code] for code in countries)

    def _fields(self, record: dict) -> dict:
        offers = {offer.field: offer.code in record["offers"] for offer in Offer}
        offers[Offer.TRAINING.field] = any("train" in skill["slug"] for skill in record["skills"])
        audiences = {f"{part}_audience": AUDIENCES[a] for part, a in record["audiences"].items() if part in PARTS}
        return {
            "language": record["language"],
            "display_name": record["name"],
            "other_name": (record["native_name"] or {}).get("text", ""),
            "headline": record["headline"],
            "about": record["about"],
            "country": self.countries[record["country"]],
            "region": self.regions.get(record["region"]),
            "place": record["place"],
            "available_from": date.fromisoformat(record["available_from"]) if record["available_from"] else None,
            "listing": LISTING[record["listing"]],
            **offers,
            **audiences,
        }
