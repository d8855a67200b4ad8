"""What is inside a PDF that somebody uploads: asked by ``documents``, answered by a process of its own.

A few kilobytes made for it keep pypdf busy for minutes or fill the memory, each time in another way: lists that unpack
to millions of numbers, a thousand packed lists, references to what is nowhere. So it is the process that is bounded, in
time and memory, and whatever goes wrong in it is an answer. It is started by its path: it knows neither Django nor us.
"""

import json
import logging
import resource
import sys
from base64 import b64encode
from contextlib import suppress
from enum import StrEnum
from io import BytesIO
from itertools import islice

from pypdf import PdfReader

SECONDS = 3  # of the processor; 300 pages with 6,000 links take one
MOST_MEMORY = 280 * 1024 * 1024
MOST_PAGES = 300
MOST_ATTACHMENTS = 20
MOST_ATTACHED = 8 * 1024 * 1024  # of XML, in all attachments together
HARMLESS = {None, "/GoTo", "/GoToR", "/URI", "/Named"}  # what pressing a place in a PDF may do


class Why(StrEnum):
    """Why a PDF is not taken."""

    BROKEN = "broken"
    LOCKED = "locked"
    RUNS = "runs"
    TOO_MUCH = "too much"


class Refused(Exception):
    """Its only argument says why."""


def answer(question: str, data: bytes) -> dict:
    """Return what was asked for, or why there is no answer."""
    try:
        return {"answer": QUESTIONS[question](data)}
    except Refused as refused:
        return {"refused": refused.args[0]}
    except MemoryError:
        return {"refused": Why.TOO_MUCH}
    except Exception:  # pypdf's own assertions among them
        return {"refused": Why.BROKEN}


def looked_at(data: bytes) -> None:
    """Refuse what is no document of bounded length, or does something when it is opened or pressed."""
    reader = _opened(data)
    pages = reader.pages
    root = reader.trailer["/Root"]
    begins = root.get("/OpenAction", {})
    runs = "/AA" in root or "/JavaScript" in (root.get("/Names") or {})
    if not len(pages):
        raise Refused(Why.BROKEN)
    if runs or (hasattr(begins, "get") and begins.get("/S") not in (None, "/GoTo")):
        raise Refused(Why.RUNS)
    if len(pages) > MOST_PAGES:
        raise Refused(Why.TOO_MUCH)
    if any(_does_something(page) for page in pages):
        raise Refused(Why.RUNS)


def attached_xml(data: bytes) -> list[str]:
    """The attachments that may be XML, in base 64."""
    contents = [_content_of(file) for file in islice(_opened(data).attachment_list, MOST_ATTACHMENTS)]
    xml = [content for content in contents if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")]
    if sum(map(len, xml)) > MOST_ATTACHED:
        raise Refused(Why.TOO_MUCH)
    return [b64encode(content).decode() for content in xml]


QUESTIONS = {question.__name__: question for question in (looked_at, attached_xml)}


def _opened(data: bytes) -> PdfReader:
    reader = PdfReader(BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused(Why.LOCKED)
    return reader


def _does_something(page) -> bool:
    """Is there something on this page that runs when it is opened or pressed?"""
    marks = [page, *(mark.get_object() for mark in page.get("/Annots") or ())]
    return any("/AA" in mark or ("/A" in mark and mark["/A"].get("/S") not in HARMLESS) for mark in marks)


def _content_of(file) -> bytes:
    try:
        return file.pdf_object["/EF"]["/F"].get_data()
    except MemoryError:
        raise
    except Exception:  # this one cannot be read; the CV may be the next
        return b""


def main(question: str) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    with suppress(ValueError):  # macOS bounds no memory
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    logging.disable()  # pypdf has a line for every object that it mends
    json.dump(answer(question, sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
