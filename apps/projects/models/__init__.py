from .indicators import Bound, Deliverable, Figure, Indicator
from .materials import Document, Picture, Video
from .partners import Organisation, Partnership
from .project import Citation, Facet, Period, Phase, Project, ProjectCount, ProjectText, Section, Source
from .reports import DonorReport
from .team import TeamMember

__all__ = [
    "Bound",
    "Citation",
    "Deliverable",
    "Document",
    "DonorReport",
    "Facet",
    "Figure",
    "Indicator",
    "Organisation",
    "Partnership",
    "Period",
    "Phase",
    "Picture",
    "Project",
    "ProjectCount",
    "ProjectText",
    "Section",
    "Source",
    "TeamMember",
    "Video",
]
