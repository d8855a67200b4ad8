"""How staff look after projects: everything of one project on one form, two languages at a time."""

from .indicators import IndicatorAdmin
from .organisations import OrganisationAdmin
from .projects import ProjectAdmin
from .reports import DonorReportAdmin
from .sources import SourceAdmin

__all__ = ["DonorReportAdmin", "IndicatorAdmin", "OrganisationAdmin", "ProjectAdmin", "SourceAdmin"]
