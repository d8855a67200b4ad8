"""The few view shapes that every app uses: a guarded object, a form that ends in one service call."""

from celery import current_app
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from . import audit, purposes


class GuardedObjectMixin:
    """An object reached through its guard: unseen is 404, seen but not yours is 403."""

    model = None
    guard = None  # can_<verb>(user, obj)
    slug_field = "pk"

    def get_object(self):
        objects = self.model.objects.visible_to(self.request.user)
        obj = get_object_or_404(objects, **{self.slug_field: self.kwargs[self.slug_field]})
        if self.guard is not None and not type(self).guard(self.request.user, obj):
            raise PermissionDenied
        return obj


class PersonalDataView:
    """A page outside the administration on which staff read about one person: why comes first, each reading is written.

    Stands before Django's view in the bases. ``get_record`` answers 404 and 403 itself; a reason given a moment ago
    for the same record, in the administration for instance, holds here too.
    """

    what = "opened"  # the audit's verb: read.<what>

    def get_record(self):
        """Return the object of which the person is asked why it is opened."""
        raise NotImplementedError

    def person_of(self, record) -> int:
        """Return the id of the user whom the record speaks of."""
        raise NotImplementedError

    def get_target(self):
        """Return what is really read, if it is a part of the record: a document."""
        return self.record

    def dispatch(self, request, *args, **kwargs):
        self.record = self.get_record()
        person = self.person_of(self.record)
        purpose = purposes.given(request, self.record)
        if not purpose:
            form = purposes.form_for(request, self.record)
            if not form.is_valid():
                return TemplateResponse(request, "core/purpose.html", {"form": form})
            purposes.open_record(request, self.record, person=person, purpose=form.cleaned_data["purpose"])
            return HttpResponseRedirect(request.get_full_path())
        if "then" in request.POST:  # a second click on the question
            return HttpResponseRedirect(request.get_full_path())
        audit.read(actor=request.user, person=person, what=self.what, purpose=purpose, target=self.get_target())
        return super().dispatch(request, *args, **kwargs)


class ServiceFormView(FormView):
    """A form whose valid input goes to one service, then on to the next page with a sentence that says so."""

    done = ""  # what the person reads afterwards

    def form_valid(self, form):
        self.save(form)
        if self.done:
            messages.success(self.request, self.done)
        return HttpResponseRedirect(self.get_success_url())

    def save(self, form):
        raise NotImplementedError


@login_not_required
@require_safe
def healthz(request):
    """Is this process alive?"""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request):
    """Can this process serve? Database and migrations decide; the broker is reported and does not fail it."""
    try:
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        state = {"database": "ok", "migrations": "behind" if behind else "ok"}
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
        state = {"database": type(error).__name__, "migrations": "unknown"}
    state["broker"] = _broker()
    ready = state["database"] == state["migrations"] == "ok"
    return JsonResponse(state, status=200 if ready else 503)


def _broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
        return "ok"
    except Exception as error:  # noqa: BLE001 - only reported
        return type(error).__name__
