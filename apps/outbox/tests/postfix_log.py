"""What Postfix writes of a mail that it took and passed on, for the scripted server and for tests of who reads it."""

import os
import time
from datetime import datetime

HOST = "mail"


def lines(*, queue_id: str, message_id: str, recipients: list[str], size: int, stamp: str, status: str = "sent") -> str:
    """The story of one mail, from its arrival to its end."""
    story = [
        f"smtpd[311]: {queue_id}: client=localhost[127.0.0.1]",
        f"cleanup[312]: {queue_id}: message-id={message_id}",
        f"qmgr[313]: {queue_id}: from=<bounces@portal.example>, size={size}, nrcpt={len(recipients)} (queue active)",
    ]
    for recipient in recipients:
        domain = recipient.rpartition("@")[2]
        story.append(
            f"smtp[314]: {queue_id}: to=<{recipient}>, relay=mx.{domain}[192.0.2.1]:25, delay=0.4,"
            f" delays=0.1/0/0.2/0.1, dsn=2.0.0, status={status} (250 2.0.0 Ok: queued as 1A2B3C)"
        )
    story.append(f"qmgr[313]: {queue_id}: removed")
    return "".join(f"{stamp} {HOST} postfix/{line}\n" for line in story)


class PostfixLog:
    """A log file, a mail at a time: one write each, so that no reader and no kill sees half a mail."""

    def __init__(self, path, *, traditional: bool = False):
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.traditional = traditional
        self.first, self.number = time.time_ns() // 1000 % 0xFFFFFF, 0
        self.second, self.around = 0, ("", "")

    def took(self, *, message_id: str, recipients: list[str], size: int, at: float) -> str:
        """Write a mail's story and return the number that the queue gave it."""
        self.number += 1
        queue_id = f"{self.first:06X}{self.number:05X}"
        os.write(
            self.file,
            lines(
                queue_id=queue_id, message_id=message_id, recipients=recipients, size=size, stamp=self.stamp(at)
            ).encode(),
        )
        return queue_id

    def stamp(self, at: float) -> str:
        """`2026-07-14T09:00:00.250000+02:00`, or the older `Jul 14 09:00:00`, which knows neither year nor zone."""
        second = int(at)
        if second != self.second:
            moment = datetime.fromtimestamp(second).astimezone()
            before, after = moment.isoformat()[:19], moment.isoformat()[19:]
            self.second, self.around = second, (f"{moment:%b} {moment.day:2} {moment:%H:%M:%S}", before, after)
        if self.traditional:
            return self.around[0]
        return f"{self.around[1]}.{int((at - second) * 1_000_000):06}{self.around[2]}"

    def close(self):
        os.close(self.file)
