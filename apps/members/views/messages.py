"""Writing to somebody without knowing an address."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, ListView

from apps.core.views import GuardedObjectMixin

from .. import permissions
from ..forms import AnswerForm, MessageForm
from ..models import Message, Profile
from ..services import messages as post


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
        return Message.objects.visible_to(self.request.user).received_by(self.request.user).with_people()

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
        answerable = permissions.can_answer(self.request.user, self.message)
        return super().get_context_data(**kwargs, area="me", message=self.message, can_answer=answerable)

    def send(self, form):
        if not permissions.can_answer(self.request.user, self.message):
            raise Http404
        post.answer(sender=self.request.user, message=self.message, **form.cleaned_data)

    def get_success_url(self):
        return reverse("members:messages")
