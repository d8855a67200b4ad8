"""Not wanting to be seen by somebody; the list of these people, and taking it back."""

from django import forms
from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.generic import ListView

from apps.core.views import GuardedObjectMixin, ServiceFormView

from .. import permissions
from ..models import Block, Message, Profile
from ..services import blocks


class ShutOut(GuardedObjectMixin, ServiceFormView):
    """What it means, and one button."""

    form_class = forms.Form
    template_name = "members/block.html"
    success_url = reverse_lazy("members:blocks")
    done = _("Done. Neither of you sees the other from now on, and nobody is told.")

    def dispatch(self, request, *args, **kwargs):
        self.object = self.get_object()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, area="me", person=self.person(), back=self.object.get_absolute_url())

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except blocks.TooManyBlocks:
            form.add_error(
                None,
                _("You have shut out %(most)d people, as many as a member may. Be listed for fewer people instead.")
                % {"most": blocks.MOST},
            )
            return self.form_invalid(form)

    def save(self, form):
        blocks.block(blocker=self.request.user, blocked=self.person())


class BlockPerson(ShutOut):
    model = Profile
    guard = permissions.can_block
    slug_field = "public_id"

    def person(self):
        return self.object.user


class BlockSender(ShutOut):
    model = Message
    guard = permissions.can_block_sender

    def person(self):
        return self.object.sender


class Blocks(ListView):
    template_name = "members/blocks.html"
    context_object_name = "blocks"

    def get_queryset(self):
        return Block.objects.visible_to(self.request.user).with_people().order_by("-at", "-pk")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, area="me")


@require_POST
def unblock(request, pk):
    block = Block.objects.visible_to(request.user).in_bulk([pk]).get(pk)
    if block:  # a second click is the same wish
        blocks.unblock(block=block)
    messages.success(request, _("Taken back: you may see each other again, as far as each of you is listed."))
    return redirect("members:blocks")
