from .blocks import BlockPerson, Blocks, BlockSender, unblock
from .directory import Directory, MemberDirectory, ProfilePage, large_photo, photo
from .documents import Documents, document, remove_document, share_document
from .europass import Europass, fill_from_europass
from .matching import ChoosePace, FollowSubject, Matching, unfollow
from .messages import MessagePage, Messages, ReportMessage, Write
from .parts import Availability, Career, Links
from .privacy import (
    CancelDeletion,
    ConsentPage,
    DeleteAccount,
    DeletionAsked,
    Download,
    Privacy,
    Readings,
    download_file,
    withdraw_grant,
)
from .see_as import SeeAs
from .staff import StaffDocument
from .steps import About, Languages, Offer, Review, Skills, Ties, Visibility
from .suspension import Suspend, resume

__all__ = [
    "ChoosePace",
    "FollowSubject",
    "Matching",
    "unfollow",
    "About",
    "Availability",
    "Career",
    "BlockPerson",
    "Blocks",
    "BlockSender",
    "Directory",
    "Documents",
    "Europass",
    "Languages",
    "Links",
    "MemberDirectory",
    "MessagePage",
    "Messages",
    "Offer",
    "ProfilePage",
    "ReportMessage",
    "Review",
    "SeeAs",
    "Skills",
    "StaffDocument",
    "Suspend",
    "Ties",
    "Visibility",
    "Write",
    "document",
    "fill_from_europass",
    "resume",
    "photo",
    "large_photo",
    "remove_document",
    "share_document",
    "unblock",
    "CancelDeletion",
    "ConsentPage",
    "DeleteAccount",
    "DeletionAsked",
    "Download",
    "Privacy",
    "Readings",
    "download_file",
    "withdraw_grant",
]
