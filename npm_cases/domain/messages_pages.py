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
