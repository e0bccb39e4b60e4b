"""Protected text, documents and names: each opened by an act with a reason, recorded before anything is shown."""

from itertools import chain

from starlette.responses import Response, StreamingResponse

from npm_cases.domain.file_kinds import HEAD_BYTES, kind_of
from npm_cases.domain.file_names import download_name
from npm_cases.domain.rights import RIGHTS
from npm_cases.services.case_views import open_text
from npm_cases.services.documents import read_document
from npm_cases.services.name_index import find_name
from npm_cases.web.handing_out import OCTETS, as_attachment
from npm_cases.web.numbers import whole
from npm_cases.web.reading_reasons import READING_REASONS
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit


def _text(visit: Visit) -> Response:
    ref, seq = visit.path["ref"], visit.path["seq"]
    texts = open_text(visit.office, ref, whole(seq), visit.actor, visit.at, visit.given("reason"))
    return visit.render("text.html", texts=texts, ref=ref, seq=seq)


def _document(visit: Visit) -> Response:
    """Give a document out to be kept, under its own name with the end that fits what it is."""
    name, pieces = read_document(
        visit.office, visit.path["ref"], visit.path["document"], visit.actor, visit.at, visit.given("reason")
    )
    first = next(pieces, b"")
    named = download_name(name, kind_of(first[:HEAD_BYTES]))
    headers = {"Content-Disposition": as_attachment(named)}
    return StreamingResponse(chain((first,), pieces), media_type=OCTETS, headers=headers)


def _names(visit: Visit) -> Response:
    return visit.render("names.html", found=None, name="", reasons=READING_REASONS)


def _find_name(visit: Visit) -> Response:
    name = visit.given("name")
    found = find_name(visit.office, name, visit.actor, visit.at, visit.given("reason"))
    return visit.render("names.html", found=found, name=name, reasons=READING_REASONS)


PAGES = (
    Page("open_text", "/cases/{ref}/texts/{seq}", RIGHTS["open protected text"], Data.PROTECTED, post=_text),
    Page(
        "open_document", "/cases/{ref}/documents/{document}", RIGHTS["open a document"], Data.PROTECTED, post=_document
    ),
    Page("names", "/names", RIGHTS["look a name up"], Data.PROTECTED, get=_names, post=_find_name),
)
