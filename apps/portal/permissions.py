"""Who may use the pages that are for those who build and write the portal."""

from apps.core.sites import is_staff_here


def can_use_style_guide(user) -> bool:
    return user.is_authenticated and is_staff_here(user)
