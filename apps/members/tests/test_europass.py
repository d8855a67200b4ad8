"""What a Europass CV says, in the four ways in which Europass hands it out, and what no file can do to us."""

import json
import random
import time
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from apps.core.tests.documents import PAGES, attaching, pdf, raw_pdf, stream
from apps.members import europass
from apps.members.europass import CannotRead, Cv, Job, Spoken, Study, records, unpacking

DATA = Path(__file__).parent / "data" / "europass"
CANDIDATE = (DATA / "candidate.xml").read_bytes()
PASSPORT = (DATA / "passport.xml").read_bytes()
PASSPORT_JSON = (DATA / "passport.json").read_bytes()

ESPERANCE = Cv(
    language="en",
    name="Espérance Nyirabagenzi",
    about="Nurse in intensive care & teacher.\n- Simulation",
    country="BE",
    place="Gent",
    languages=[Spoken("rw", "", "N"), Spoken("fr", "", "B2")],
    skills=["Nursing", "Juggling"],
    jobs=[
        Job("Head nurse", "Hospital of the Three Rivers", "BE", "2019-03-01", "", "Forty beds."),
        Job("Nurse", "Clinic of the Lake", "RW", "2011-01-01", "2019-02-28"),
    ],
    studies=[Study("Bachelor of nursing", "University College of the Leie", "BE", 2011, 6)],
    links=[
        ["esperance.example.org", "https://esperance.example.org/"],
        ["Publications", "https://papers.example.org/nyirabagenzi"],
    ],
    unread=[
        "The address http://old.example.org/: only those that begin with https:// are kept.",
        "The level of “Dutch”.",
        "Publications",
    ],
)
MAMADOU = Cv(
    language="fr",
    name="Mamadou Tchinda",
    headline="Électricien, formateur",
    country="BE",
    place="Liège",
    languages=[Spoken("fr", "français", "N"), Spoken("nl", "néerlandais", "B1")],
    jobs=[
        Job("Formateur", "Centre des Trois Vallées", "BE", "2005-09-01", "", "- Installations solaires"),
        Job("Électricien", "Ateliers du Wouri", "", "1999-01-01", "2005-06-30"),
    ],
    studies=[Study("Brevet de technicien", "Lycée technique du Wouri", "CM", 1998, 4)],
    links=[["Blog", "https://tchinda.example.org"]],
    unread=["Organisational skills"],
)


def deflated(attachments):
    """The same PDF with its attachments compressed, as other programs save it again."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf(attachments))))
    for file in writer.attachment_list:
        place = file.pdf_object["/EF"]
        place[next(iter(place))] = writer._add_object(place["/F"].get_object().flate_encode())
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "cv"),
    [
        (CANDIDATE, ESPERANCE),
        (CANDIDATE.decode().replace("UTF-8", "UTF-16").encode("utf-16"), ESPERANCE),
        (pdf({"attachment.xml": CANDIDATE}), ESPERANCE),
        (pdf({"a.txt": b"A letter.", "b.xml": b"<html/>", "attachment.xml": CANDIDATE}), ESPERANCE),
        (deflated({"attachment.xml": CANDIDATE}), ESPERANCE),
        (attaching(b"7", b"null", b"<<>>", b"10 0 R", objects={10: stream(CANDIDATE)}), ESPERANCE),
        (
            attaching(
                b"9 0 R",
                b"10 0 R",
                objects={
                    8: b"/FlateDecode",
                    9: b"<</Filter/NoSuchFilter/Length 1>>\nstream\nx\nendstream",
                    10: stream(CANDIDATE).replace(b"/Filter/FlateDecode", b"/Filter 8 0 R"),
                },
            ),
            ESPERANCE,
        ),
        (PASSPORT, MAMADOU),
        (PASSPORT_JSON, MAMADOU),
        (b"\xef\xbb\xbf\n" + PASSPORT_JSON.strip(), MAMADOU),
    ],
)
def test_every_way_in_which_europass_hands_out_a_cv_says_the_same(data, cv):
    read = europass.read(data)

    assert read == cv
    assert Cv.from_plain(json.loads(json.dumps(asdict(read)))) == cv


def test_what_nobody_asked_for_is_not_read():
    for data in (CANDIDATE, PASSPORT):
        said = json.dumps(asdict(europass.read(data)), ensure_ascii=False)
        assert [
            word for word in ("1984", "1975", "@example.org", "4700", "Coupure", "Moulin", "female") if word in said
        ] == []


BILLION = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Candidate xmlns="http://www.europass.eu/1.0"><CandidatePerson><PersonName>&b;</PersonName></CandidatePerson></Candidate>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<Candidate xmlns="http://www.europass.eu/1.0"><CandidatePerson><PersonName>&f;</PersonName></CandidatePerson></Candidate>"""


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "neither a PDF"),
        (b"A letter.", "neither a PDF"),
        (b"PK\x03\x04", "neither a PDF"),
        (b"<Candidate>", "broken"),
        (b"<html/>", "not that of a Europass CV"),
        (BILLION, "words of its own"),
        (OUTSIDE, "words of its own"),
        (BILLION.decode().replace("?>", ' encoding="UTF-16"?>', 1).encode("utf-16"), "words of its own"),
        (b"<a>" * 300 + b"</a>" * 300, "broken"),
        (b"<a/>" * 300_000, "more parts"),
        (b"{", "broken"),
        (b'{"a": 1}', "not that of a Europass CV"),
        (b'{"SkillsPassport": []}', "not that of a Europass CV"),
        (b'{"SkillsPassport":' + b"[" * 100_000, "broken"),
        (b'{"a": [' + b"1," * 300_000, "more parts"),
        (b"%PDF-1.7", "PDF"),
        (pdf(), "no Europass data inside"),
        (pdf({"attachment.xml": b"<html/>", "b.xml": OUTSIDE}), "no Europass data inside"),
        (pdf({f"{n}.txt": b"x" for n in range(30)} | {"z.xml": CANDIDATE}), "no Europass data inside"),
        (b"<" + b"x" * unpacking.MOST_BYTES, "larger"),
        (deflated({"attachment.xml": b"<" * (9 * 1024 * 1024)}), "larger"),
        (attaching(b"7"), "no Europass data inside"),
        (attaching(b"null"), "no Europass data inside"),
        (attaching(b"<<>>"), "no Europass data inside"),
        (attaching(b"10 0 R"), "no Europass data inside"),
        (
            attaching(b"10 0 R", objects={10: b"<</Filter 7/Length 1>>\nstream\n<\nendstream"}),
            "no Europass data inside",
        ),
        (raw_pdf(PAGES | {1: b"<</Pages 2 0 R/Names 3>>"}), "no Europass data inside"),
        (raw_pdf(PAGES | {1: b"<</Pages 2 0 R/Names<</EmbeddedFiles<</Kids 7>>>>>>"}), "no Europass data inside"),
        (raw_pdf(PAGES | {1: b"<</Pages 2 0 R/Names 4 0 R>>", 4: stream(b"").replace(b">>", b"")}), "PDF"),
        (pdf().replace(b"/Root", b"/Encrypt<</Filter/Standard/V 99>>/Root"), "broken"),
    ],
)
def test_what_is_none_is_refused_in_words(data, why):
    with pytest.raises(CannotRead, match=why):
        europass.read(data)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"LearnerInfo": "x"},
        {"LearnerInfo": {"WorkExperience": "x", "Education": [1, None, []], "Skills": [], "Headline": {"Type": 5}}},
        {"LearnerInfo": {"WorkExperience": {"Position": {"Label": ["x"]}, "Period": {"From": {"Year": "²"}}}}},
        {"LearnerInfo": {"Skills": {"Linguistic": {"MotherTongue": [{"Description": {"Code": "\ud800\u0000"}}]}}}},
        {"LearnerInfo": {"Education": [{"Title": "PhD", "Level": {"Code": "9" * 5000}}]}},
        {"LearnerInfo": {"WorkExperience": [{"Activities": f"&#{'9' * 5000};", "Position": {"Label": "<![1 <![ b"}}]}},
        {"Locale": 7, "LearnerInfo": {"Identification": {"PersonName": {"FirstName": "\ud800a\u0000"}}}},
    ],
)
def test_a_file_that_is_not_as_its_schema_says_is_read_as_far_as_it_goes(said):
    cv = europass.read(json.dumps({"SkillsPassport": said}).encode())

    json.dumps(asdict(cv), ensure_ascii=False).encode()  # nothing that no page and no database could hold


def test_impossible_dates_are_left_out_and_said():
    job = {
        "Position": {"Label": "Nurse"},
        "Period": {"From": {"Year": 2010}, "To": {"Year": 2001, "Month": 2, "Day": 30}},
    }
    back = {"Position": {"Label": "Midwife"}, "Period": {"From": {"Year": 2010}, "To": {"Year": 2001}}}
    study = {"Title": "PhD", "Period": {"To": {"Year": 1066}}, "Level": {"Code": "12"}}
    cv = europass.read(
        json.dumps({"SkillsPassport": {"LearnerInfo": {"WorkExperience": [job, back], "Education": [study]}}}).encode()
    )

    assert cv.jobs == [Job("Nurse", started_on="2010-01-01"), Job("Midwife")]
    assert cv.studies == [Study("PhD")]
    assert cv.unread == ["The dates of “Midwife”: it ends before it begins."]


def test_what_is_longer_than_a_profile_is_cut_and_said():
    jobs = [{"Position": {"Label": f"Job {n} " + "x" * 200}} for n in range(30)]
    cv = europass.read(json.dumps({"SkillsPassport": {"LearnerInfo": {"WorkExperience": jobs}}}).encode())

    assert len(cv.jobs) == 20
    assert {len(job.title) for job in cv.jobs} == {140}
    assert "All after the first 20 rows of a list." in cv.unread


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<p>One</p><p>two<br/>three</p>", "One\ntwo\nthree"),
        ('<ul class="x"><li>One</li><LI><b>two</b></LI></ul><ol><li></li></ol>', "- One\n- two"),
        ("One\ntwo &lt;b&gt; &amp;amp; &#233;&nbsp;é", "One two <b> &amp; é é"),
        ("1 < 2, 2 > 1 --> <3", "1 < 2, 2 > 1 --> <3"),
        ("a<!-- <p>b</p> -->c<script>d<p></script>e<style>f</style><!DOCTYPE g><?h?>", "ace"),
        ("a<script>b", "a"),
    ],
)
def test_the_editors_html_becomes_lines_of_text(written, said):
    assert records.plain(written) == said


def passport(**said):
    return json.dumps({"SkillsPassport": {"LearnerInfo": said}}).encode()


def candidate(person=b"", profile=b""):
    return b"<Candidate><CandidatePerson>%b</CandidatePerson><CandidateProfile>%b</CandidateProfile></Candidate>" % (
        person, profile,
    )  # fmt: skip


def jobs(text):
    text *= records.LONGEST_TEXT // len(text)
    return passport(WorkExperience=[{"Position": {"Label": "Nurse"}, "Activities": text}] * 400)


@pytest.mark.parametrize(
    "data",
    [
        jobs("<a b='"),
        jobs("<!--"),
        jobs("<p>"),
        jobs("&a"),
        jobs("<aaaa"),
        b"<SkillsPassport>" + b"<a/>" * 190_000 + b"</SkillsPassport>",
        candidate(profile=b"<PersonCompetency/>" * 190_000),
        candidate(profile=b"<EmploymentHistory>" + b"<EmployerHistory/>" * 190_000 + b"</EmploymentHistory>"),
        candidate(
            b"<Communication><ChannelCode>Web</ChannelCode><URI>https://%b x</URI></Communication>" % (b"." * 100_000)
        ),
    ],
)
def test_no_text_keeps_the_reader_long(data):
    before = time.process_time()
    europass.read(data)

    assert time.process_time() - before < 5


def test_a_pdf_made_to_keep_its_reader_long_is_refused():
    spaces = {1000 + number: {2000 + number: b"<<>>%b" % (b" " * 1_000_000)} for number in range(100)}
    kids = b" ".join(b"%d 0 R" % (2000 + number) for number in range(100))
    names = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Kids[%b]>>>>>>" % kids

    with pytest.raises(CannotRead, match="larger"):
        europass.read(raw_pdf(PAGES | {1: names}, spaces))


def test_whatever_is_broken_in_a_file_it_is_read_or_refused():
    chance = random.Random(27)
    words = (b"", b"<", b">", b"&#", b"<![", b'"', b"{", b"[", b"null", b"9" * 5000, b"\xff", b"<p>", b"\\ud800")
    read = 0
    for data in [CANDIDATE, PASSPORT, PASSPORT_JSON] * 100:
        broken = bytearray(data)
        for _each in range(chance.randint(1, 3)):
            at = chance.randrange(len(broken))
            broken[at : at + chance.choice((0, 1, 1, 20))] = chance.choice(words)
        try:
            cv = europass.read(bytes(broken))
        except CannotRead:
            continue
        json.dumps(asdict(cv), ensure_ascii=False).encode()
        read += 1

    assert read > 30
