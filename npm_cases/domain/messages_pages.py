"""What is said on the pages of accounts, posts and the engine itself."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "no_session": T(
        "this sign-in has ended already; the list shows those that still open something",
        "этот сеанс уже завершён; в списке видны те, что ещё действуют",
        "бұл сеанс аяқталып қойған; әлі жарамдылары тізімде көрінеді",
    ),
    "no_post": T(
        "there is no post {given} that somebody is named for",
        "нет должности {given}, на которую назначают",
        "{given} деген тағайындалатын лауазым жоқ",
    ),
    "no_returned_mail_dir": T(
        "no folder of returned mail is set",
        "папка вернувшейся почты не задана",
        "қайтқан поштаның бумасы көрсетілмеген",
        hint="name the Maildir in NPM_CASES_RETURNED_MAIL_DIR (docs/mail.md)",
    ),
    "returned_mail_dir_missing": T(
        "{folder} is no Maildir: it has no folders new and cur in which this account may write",
        "{folder} — не Maildir: в ней нет папок new и cur, в которые может писать эта учётная запись",
        "{folder} — Maildir емес: онда осы есептік жазба жаза алатын new және cur бумалары жоқ",
        hint="make them, or mend NPM_CASES_RETURNED_MAIL_DIR (docs/mail.md)",
    ),
    "no_mail_server": T(
        "no mail server is set, so nothing is sent and mail waits",
        "почтовый сервер не задан: ничего не отправляется, письма ждут",
        "пошта сервері орнатылмаған: ештеңе жіберілмейді, хаттар күтіп тұр",
        hint="set NPM_CASES_SMTP_HOST and NPM_CASES_SMTP_PORT",
    ),
    "too_many_tries": T(
        "too many tries came from this address; wait {seconds} seconds and try again",
        "с этого адреса слишком много попыток; подождите {seconds} с и попробуйте снова",
        "бұл мекенжайдан тым көп әрекет жасалды; {seconds} секунд күтіп, қайта көріңіз",
    ),
    "probe_shut": T(
        "this address answers to the machine itself, or to the token that was set for it",
        "этот адрес отвечает самой машине или тому, у кого заданный для него токен",
        "бұл мекенжай машинаның өзіне немесе ол үшін берілген токені барға ғана жауап береді",
    ),
}
