"""People: their account, profile, consents, messages, and the directory made from them."""

from ..querysets.directory import COUNTRIES
from .career import Availability, Degree, Link, Occupation, PrivateDocument
from .consent import Consent
from .directory import DirectoryCount, DirectoryEntry, Facet
from .matching import Criteria, Criterion, ToldMatch
from .messages import Message
from .privacy import Block, DataExport, DataGrant, ErasedAccount, Erasure, Follow
from .profile import (
    PARTS,
    Audience,
    LanguageLevel,
    Offer,
    Profile,
    ProfileLanguage,
    ProfileOpening,
    ProfileSkill,
    SkillLevel,
)
from .staff import MessageReport, SavedSearch, StaffNote, Tag
from .user import User

__all__ = [
    "COUNTRIES",
    "PARTS",
    "Audience",
    "Availability",
    "Block",
    "Consent",
    "Criteria",
    "Criterion",
    "DataExport",
    "DataGrant",
    "Degree",
    "DirectoryCount",
    "DirectoryEntry",
    "ErasedAccount",
    "Erasure",
    "Facet",
    "Follow",
    "LanguageLevel",
    "Link",
    "Message",
    "MessageReport",
    "Occupation",
    "Offer",
    "PrivateDocument",
    "Profile",
    "ProfileLanguage",
    "ProfileOpening",
    "ProfileSkill",
    "SavedSearch",
    "SkillLevel",
    "StaffNote",
    "Tag",
    "ToldMatch",
    "User",
]
