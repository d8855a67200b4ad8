"""Writing to somebody without knowing an address."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, ListView, View

from apps.core.views import GuardedObjectMixin

from .. import permissions
from ..forms import AnswerForm, MessageForm
from ..models import Message, MessageReport, Profile
from ..services import messages as post
from ..services import reports


class Limited(FormView):
    """A form that sends; past the day's number it says so and keeps what was typed."""

    def form_valid(self, form):
        try:
            self.send(form)
        except post.TooManyMessages:
            form.add_error(
                None,
                _("You have sent %(most)d messages in 24 hours. Please try again tomorrow.") % {"most": post.A_DAY},
            )
            return self.form_invalid(form)
        messages.success(self.request, _("Your message is on its way."))
        return redirect(self.get_success_url())


class Write(GuardedObjectMixin, Limited):
    model = Profile
    guard = permissions.can_write_to
    slug_field = "public_id"
    form_class = MessageForm
    template_name = "members/write.html"

    def dispatch(self, request, *args, **kwargs):
        self.profile = self.get_object()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, profile=self.profile)

    def send(self, form):
        post.write(sender=self.request.user, to=self.profile, **form.cleaned_data)

    def get_success_url(self):
        return self.profile.get_absolute_url()


class Messages(ListView):
    template_name = "members/messages.html"
    paginate_by = 24
    context_object_name = "received"

    def get_queryset(self):
        user = self.request.user
        return Message.objects.visible_to(user).received_by(user).with_people().with_answer_of(user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, area="me")


class MessagePage(GuardedObjectMixin, Limited):
    """A message, and the form to answer it."""

    model = Message
    form_class = AnswerForm
    template_name = "members/message.html"

    def dispatch(self, request, *args, **kwargs):
        self.message = self.get_object()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        user, message = self.request.user, self.message
        return super().get_context_data(
            **kwargs,
            area="me",
            message=message,
            is_mine=message.recipient_id == user.pk,
            can_answer=permissions.can_answer(user, message),
            can_report=permissions.can_report(user, message),
            report=MessageReport.objects.visible_to(user).of(message).first(),
            sender_opens=_opens(user, message.sender),
            recipient_opens=_opens(user, message.recipient),
        )

    def send(self, form):
        if not permissions.can_answer(self.request.user, self.message):
            raise Http404
        post.answer(sender=self.request.user, message=self.message, **form.cleaned_data)

    def get_success_url(self):
        return reverse("members:messages")


def _opens(user, person) -> bool:
    """Does this person's page open to the reader, so that the name may be a link?"""
    return hasattr(person, "profile") and permissions.can_open(user, person.profile)


class ReportMessage(GuardedObjectMixin, View):
    """One click; a word of explanation if the reader likes."""

    model = Message
    guard = permissions.can_report
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        message = self.get_object()
        reports.report(reader=request.user, message=message, reason=_line(request.POST.get("reason", "")))
        messages.success(request, _("Thank you. The diaspora team looks at the message; its sender is not told."))
        return redirect(message)


def _line(text: str) -> str:
    """As much of it as is kept: a report is never refused for its words."""
    return text.strip()[: MessageReport._meta.get_field("reason").max_length]
