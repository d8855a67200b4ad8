"""People: their account, profile, consents, messages, and the directory made from them."""

from .consent import Consent
from .directory import COUNTRIES, DirectoryEntry, Facet
from .messages import Message
from .profile import (
    PARTS,
    Audience,
    LanguageLevel,
    Profile,
    ProfileLanguage,
    ProfileOpening,
    ProfileSkill,
    SkillLevel,
)
from .user import User

__all__ = [
    "PARTS",
    "COUNTRIES",
    "Audience",
    "Consent",
    "DirectoryEntry",
    "Facet",
    "LanguageLevel",
    "Message",
    "Profile",
    "ProfileLanguage",
    "ProfileOpening",
    "ProfileSkill",
    "SkillLevel",
    "User",
]
