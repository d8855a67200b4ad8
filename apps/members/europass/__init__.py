"""What somebody's own Europass CV says, as plain data: no database, no network, nothing in the file is run.

Four ways in which Europass hands a CV to its owner: today's PDF with its XML inside, that XML alone (HR Open's
``Candidate``), and the ``SkillsPassport`` of before 2020 as XML or as JSON 3.x.
"""

from . import candidate, passport
from .records import Cv, Job, Spoken, Study
from .unpacking import MOST_BYTES, CannotRead, unpacked

__all__ = ["MOST_BYTES", "CannotRead", "Cv", "Job", "Spoken", "Study", "read"]


def read(data: bytes) -> Cv:
    """Return what the CV says and, in ``unread``, what of it could not be taken; raises ``CannotRead``."""
    kind, document = unpacked(data)
    cv = candidate.read(document) if kind == "Candidate" else passport.read(document)
    cv.keep_within_bounds()
    return cv
