from .directory import Directory, MemberDirectory, ProfilePage, photo
from .messages import MessagePage, Messages, Write
from .steps import About, Languages, Offer, Review, Skills, Ties, Visibility, add_skill

__all__ = [
    "About",
    "Directory",
    "Languages",
    "MemberDirectory",
    "MessagePage",
    "Messages",
    "Offer",
    "ProfilePage",
    "Review",
    "Skills",
    "Ties",
    "Visibility",
    "Write",
    "add_skill",
    "photo",
]
