"""Who may read the outbox, and who decides what becomes of a mail. The lists say the same: `visible_to`."""


def can_read_outbox(user) -> bool:
    """See the list, in which recipients are masked; to open one mail takes a purpose besides."""
    return user.has_perm("outbox.view_outgoingmail")


def can_decide(user) -> bool:
    """Try again, withhold, settle, pause, and suppress or lift an address."""
    return can_read_outbox(user) and user.has_perm("outbox.decide_outgoingmail")
