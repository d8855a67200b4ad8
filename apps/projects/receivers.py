"""What projects does when members has news."""

from django.dispatch import receiver

from apps.members.signals import member_erasing

from .services import team


@receiver(member_erasing)
def leave_the_teams(member, **kwargs):
    team.leave_all(user=member)
