from django.db import models


class MessageReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Staff with the right to it, and the reader who reported; never the sender."""
        return self if user.has_perm("members.view_messagereport") else self.filter(message__recipient=user)

    def open(self):
        return self.filter(state=self.model.State.OPEN)

    def of(self, message):
        return self.filter(message=message)
