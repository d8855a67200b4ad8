"""The plain way, to compare with: one Celery task a mail, handed over with smtplib by the task itself."""

import os
import smtplib
from email.message import EmailMessage

from celery import Celery

LATE = os.environ.get("PLAIN_ACKS") == "late"
PORT = int(os.environ["EMAIL_URL"].rpartition(":")[2])
TEXT = ("x" * 74 + "\n") * 400

app = Celery("plain", broker=os.environ["REDIS_URL"])
app.conf.update(
    task_default_queue="mail",
    task_ignore_result=True,
    task_acks_late=LATE,
    task_reject_on_worker_lost=LATE,
    worker_prefetch_multiplier=1 if LATE else 4,  # as the manual advises with late acks, and as it is without
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": int(os.environ.get("PLAIN_VISIBILITY", "3600")),
        "unacked_restore_throttle": 1,
    },
)


def message_id(number: int) -> str:
    return f"<plain{number}@torture.example>"


@app.task(name="plain.send")
def send(number):
    message = EmailMessage()
    message["From"], message["To"] = "us@torture.example", f"p{number}@torture.example"
    message["Subject"], message["Message-ID"] = f"Number {number}", message_id(number)
    message.set_content(TEXT)
    with smtplib.SMTP("127.0.0.1", PORT, timeout=30) as server:
        server.send_message(message)
