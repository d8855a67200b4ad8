"""The doors for mail providers: anymail reads and proves what comes in, `receivers` writes it down."""

from functools import wraps

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.views.decorators.csrf import csrf_exempt

from . import provider

NO_EVENT = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
    AnymailConfigurationError,  # an incoming mail, say
)  # fmt: skip


class UnreadableIs400:
    """Anymail stumbles over what is no event at all; whoever sent that hears so, and nobody is woken by a 500."""

    def run_validators(self, request):
        self._readable(super().run_validators, request)

    def parse_events(self, request):
        return self._readable(super().parse_events, request)

    def _readable(self, read, request):
        try:
            return read(request)
        except NO_EVENT:
            raise AnymailWebhookValidationFailure(f"{self.esp_name} sent what is no event") from None


class MailgunWebhook(UnreadableIs400, MailgunTrackingWebhookView):
    pass


class PostmarkWebhook(UnreadableIs400, PostmarkTrackingWebhookView):
    pass


def _only_of(name, view):
    """The door is there if the settings name its provider and hold its secret; otherwise it is no door."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def webhook(request):
        if not provider.answers(name):
            raise Http404
        return view(request)

    return webhook


mailgun = _only_of("mailgun", MailgunWebhook.as_view())
postmark = _only_of("postmark", PostmarkWebhook.as_view())
