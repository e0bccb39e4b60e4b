"""An invitation: somebody sets their password and their second factor, and can sign in."""

from starlette.responses import Response

from npm_cases.domain.errors import BadInput
from npm_cases.services.accounts import begin_enrolment, enrol
from npm_cases.web.pages.acting import Wrong
from npm_cases.web.pages.trying import wrong_of
from npm_cases.web.qr import qr_picture
from npm_cases.web.routes import Data, Page
from npm_cases.web.visit import Visit

FIELDS = ("password", "code")
UNUSABLE = 422


def _show(visit: Visit) -> Response:
    return _form(visit, None, 200)


def _form(visit: Visit, wrong: Wrong | None, status: int, shown: str = "") -> Response:
    found = begin_enrolment(visit.office, visit.path["token"], visit.at, shown)
    return visit.render(
        "invitation.html", status, wrong=wrong, found=found, is_done=False, **qr_picture(found.otpauth_uri)
    )


def _enrol(visit: Visit) -> Response:
    secret, password = visit.given("totp_secret"), str(visit.form.get("password", ""))
    if password != str(visit.form.get("again", "")):
        return _form(visit, Wrong(visit.speaker.t("invitation.not_alike"), "again"), UNUSABLE, secret)
    try:
        enrol(visit.office, visit.path["token"], password, secret, visit.given("code"), visit.at)
    except BadInput as error:
        shown = "" if error.field == "totp_secret" else secret
        return _form(visit, wrong_of(error, visit.lang, FIELDS), UNUSABLE, shown)
    return visit.render("invitation.html", is_done=True)


PAGES = (Page("invitation", "/invitations/{token}", None, Data.PEOPLE, get=_show, post=_enrol, rated=True),)
