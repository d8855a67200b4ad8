"""The directory and the pages of the people in it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, TemplateView

from apps.core import facets, slots
from apps.core.files import private
from apps.core.maps import residence_map, ties_map
from apps.core.text import words

from .. import cards, permissions
from ..filters import DirectoryFilter
from ..models import Audience, DirectoryEntry, Profile
from ..querysets.blocks import profiles_hidden_from
from ..querysets.directory import IN_TURN, MOST_COUNTED, MOST_SHOWN
from ..querysets.profiles import reads_as
from ..services import photos, profiles
from ..sheets import sheet


@method_decorator(login_not_required, name="dispatch")
class Directory(TemplateView):
    """Public: the experts, people who chose "everyone" and offer assignments or talks."""

    template_name = "members/directory.html"
    experts_only = True
    tab = "experts"

    def audience(self) -> int:
        return reads_as(self.request.user)

    def get_context_data(self, **kwargs):
        entries = DirectoryEntry.objects
        asked = DirectoryFilter(self.request.GET)
        hidden = profiles_hidden_from(self.request.user)
        with IN_TURN:
            search = asked.search(audience=self.audience(), experts_only=self.experts_only)
            found = entries.find(search, without=hidden)
        if search.page > found.pages:
            raise Http404
        typed = asked.text
        similar = []
        if not found.total and typed:
            similar = entries.named_like(
                audience=search.audience, words=words(typed), experts_only=self.experts_only, without=hidden
            )
        return super().get_context_data(
            **kwargs,
            tab=self.tab,
            q=typed,
            sort=search.order,
            people=cards.drawn(found.rows),
            similar=cards.drawn(similar),
            found=found,
            sampled=cards.sampled(found),
            most_counted=MOST_COUNTED,
            most_shown=MOST_SHOWN,
            groups=asked.groups(found),
            chips=facets.chips(self.request.GET, typed, asked.chosen),
            pager=facets.pager(self.request.GET, search.page, found.pages),
            map_of_residence=residence_map(**cards.for_map(self.request.GET, found, "lives")),
            map_of_ties=ties_map(**cards.for_map(self.request.GET, found, "connected")),
        )


@method_decorator(login_not_required, name="dispatch")
class MemberDirectory(Directory):
    """All listed members, for members. A visitor is asked to sign in, an account without profile to make one."""

    experts_only = False
    tab = "members"

    def get(self, request, *args, **kwargs):
        if self.audience() != Audience.MEMBERS:
            return render(request, "members/directory_closed.html", {"tab": self.tab}, status=200)
        return super().get(request, *args, **kwargs)


class ShowsProfile:
    """The page of a profile, whoever reads it."""

    template_name = "members/profile.html"

    def told(self, profile, shown):
        """What the page shows; the sections of upper apps are asked for with the eyes of whoever reads it."""
        return {
            "profile": profile,
            "shown": shown,
            "told": sheet(profile, shown),
            "sections": self.sections(profile),
        }

    def sections(self, profile) -> list:
        return slots.fill("member.sections", self.request, profile)


@method_decorator(login_not_required, name="dispatch")
class ProfilePage(ShowsProfile, DetailView):
    """One person, with what this reader may see."""

    def get_object(self):
        profiles_seen = Profile.objects.visible_to(self.request.user).with_owner()
        profile = get_object_or_404(profiles_seen, public_id=self.kwargs["public_id"])
        if not permissions.can_open(self.request.user, profile):
            raise Http404  # staff: in the administration, with a purpose
        return profile

    def get(self, request, *args, **kwargs):
        self.object = profile = self.get_object()
        return too_many(request, profile) or self.render_to_response(self.get_context_data(object=profile))

    def get_context_data(self, **kwargs):
        user, profile = self.request.user, self.object
        reader = permissions.audience_for(user, profile)
        return super().get_context_data(
            **kwargs,
            **self.told(profile, permissions.parts_for(profile, reader)),
            is_own=reader == Audience.ONLY_ME,
            can_write=permissions.can_write_to(user, profile),
            can_block=permissions.can_block(user, profile),
        )


def too_many(request, profile):
    """Count that this reader opens the profile today; past the day's number, the page that says so."""
    if request.user.is_authenticated and profile.user_id != request.user.pk:
        try:
            profiles.open_profile(reader=request.user, profile=profile)
        except profiles.TooManyProfiles:
            most = permissions.PROFILES_A_DAY
            return render(request, "members/too_many_profiles.html", {"most": most}, status=429)
    return None


def _with_photo(request, public_id):
    """The profile, if it has a photo that this reader may see."""
    profile = get_object_or_404(Profile.objects.visible_to(request.user), public_id=public_id)
    reader = permissions.audience_for(request.user, profile)
    if not profile.photo or not profile.shows("photo", reader) or not permissions.can_open(request.user, profile):
        raise Http404
    return profile


@login_not_required
@require_safe
def photo(request, public_id):
    """A member's photo as lists show it: small, and no opening of his profile."""
    profile = _with_photo(request, public_id)
    try:
        image = photos.small(profile.photo.name)
    except FileNotFoundError:
        raise Http404 from None  # replaced a moment ago, or not in a restored backup
    return HttpResponse(image, content_type="image/webp", headers={"Cache-Control": "private, no-cache"})


@login_not_required
@require_safe
def large_photo(request, public_id):
    """A member's photo as his page shows it: whoever has not opened the page today opens the profile by this."""
    profile = _with_photo(request, public_id)
    return too_many(request, profile) or private(profile.photo, content_type="image/webp")
