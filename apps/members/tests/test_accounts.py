"""Registering, signing in, and everything that protects an account, through the pages that people use."""

import re
from datetime import timedelta
from importlib.metadata import files
from pathlib import Path

import pytest
from allauth.account import app_settings as account_settings
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, yield_hotp_counters_from_time
from allauth.mfa.totp.internal.auth import hotp_value
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from apps.members import emails
from apps.members.models import Consent, User

from .factories import PASSWORD, UserFactory
