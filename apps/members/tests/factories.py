"""People for tests.

`UserFactory()` has a confirmed address and no profile; `ProfileFactory(listed=True)` is found by members,
`ProfileFactory(public=True)` by everyone, `ProfileFactory(expert=True)` stands among the experts. Words of the
taxonomy are given as lists: `ProfileFactory(skills=[skill], languages=[french], ties=[rwanda], sectors=[health])`.
"""

import factory
from allauth.account.models import EmailAddress

from apps.members.models import Audience, Message, Profile, User
from apps.members.services import directory

PASSWORD = "two strands, one thread"


class EmailAddressFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = EmailAddress

    email = factory.SelfAttribute("user.email")
    verified = True
    primary = True


class UserFactory(factory.django.DjangoModelFactory):
    """`UserFactory(address__verified=False)` has yet to confirm."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence("person{}@example.org".format)
    password = factory.django.Password(PASSWORD)
    address = factory.RelatedFactory(EmailAddressFactory, factory_related_name="user")


class ProfileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Profile
        skip_postgeneration_save = True

    class Params:
        listed = factory.Trait(listing=Audience.MEMBERS)
        public = factory.Trait(listing=Audience.PUBLIC)
        expert = factory.Trait(listing=Audience.PUBLIC, offers_assignments=True)

    user = factory.SubFactory(UserFactory)
    display_name = factory.Sequence("Member {}".format)

    @factory.post_generation
    def ties(self, create, countries, **kwargs):
        self.ties.set(countries or [])

    @factory.post_generation
    def sectors(self, create, sectors, **kwargs):
        self.sectors.set(sectors or [])

    @factory.post_generation
    def languages(self, create, languages, **kwargs):
        """Languages spoken at level B2, unless `languages__level` says otherwise."""
        for language in languages or []:
            self.languages.create(language=language, level=kwargs.get("level", "B2"))

    @factory.post_generation
    def skills(self, create, skills, **kwargs):
        """Skills, with `skills__level` and `skills__years` for all of them."""
        for skill in skills or []:
            self.skills.create(skill=skill, **kwargs)

    @classmethod
    def _after_postgeneration(cls, instance, create, results=None):
        directory.refresh(instance)


class MessageFactory(factory.django.DjangoModelFactory):
    """A message between two members."""

    class Meta:
        model = Message

    sender = factory.LazyFunction(lambda: ProfileFactory().user)
    recipient = factory.LazyFunction(lambda: ProfileFactory().user)
    subject = factory.Sequence("Question {}".format)
    text = "Would you like to talk to our students?"
