"""The secrets of authenticator apps and recovery codes, as they lie in the database: encrypted.

The first of `MFA_KEYS` encrypts, all of them decrypt: a new key is put before the old one, `manage.py
rotate_mfa_key` encrypts everything anew, and then the old one may go.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction

SECRETS = {"secret", "seed"}  # of an app, of a set of recovery codes


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in settings.MFA_KEYS])


def encrypted(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypted(text: str) -> str:
    """The text again; ``cryptography.fernet.InvalidToken`` when it was encrypted under none of our keys."""
    return _keys().decrypt(text.encode()).decode()


@transaction.atomic
def rotate() -> int:
    """Encrypt every secret anew, under the first key. Returns how many authenticators have some."""
    keys, rotated = _keys(), 0
    for kept in Authenticator.objects.select_for_update().order_by("pk").iterator():
        if of_it := SECRETS & kept.data.keys():
            kept.data |= {name: keys.rotate(kept.data[name].encode()).decode() for name in of_it}
            kept.save(update_fields=["data"])
            rotated += 1
    return rotated
