from .files import captions, document, logo, picture, video
from .lists import ProjectList
from .numbers import NumberPage
from .pages import ProjectPage

__all__ = ["NumberPage", "ProjectList", "ProjectPage", "captions", "document", "logo", "picture", "video"]
