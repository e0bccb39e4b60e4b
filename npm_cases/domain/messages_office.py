"""What is said when something of the office itself cannot be done: proposals, incidents, sandboxes, the database."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "proposal_decided": T(
        "the proposal {proposal} was {status} already",
        "предложение {proposal} уже решено ({status})",
        "{proposal} ұсынысы бойынша бұрыннан шешім бар ({status})",
    ),
    "proposal_lapsed": T(
        "the proposal {proposal} lapsed at {at}; propose the act again",
        "предложение {proposal} истекло {at}; предложите действие заново",
        "{proposal} ұсынысының мерзімі {at} өтіп кетті; әрекетті қайта ұсыныңыз",
    ),
    "own_proposal": T(
        "{user} proposed this act; another person must confirm it",
        "это действие предложил сам пользователь {user}; подтвердить его должно другое лицо",
        "бұл әрекетті {user} пайдаланушысының өзі ұсынған; оны басқа адам растауы керек",
    ),
    "proposal_replaced": T(
        "the proposal {proposal} is not the one that was made; propose the act again",
        "предложение {proposal} не то, которое было сделано; предложите действие заново",
        "{proposal} ұсынысы бастапқы жасалғаны емес; әрекетті қайта ұсыныңыз",
    ),
    "no_office_proposal": T(
        "there is no proposal {given} of the office",
        "у ведомства нет предложения {given}",
        "мекемеде {given} ұсынысы жоқ",
    ),
    "no_proposal": T(
        "there is no proposal {given}; it is named in the answer to the act that proposed it",
        "предложения {given} нет; оно названо в ответе на действие, которым его сделали",
        "{given} ұсынысы жоқ; ол өзін ұсынған әрекеттің жауабында аталады",
    ),
    "decided_meanwhile": T(
        "the proposal {proposal} was decided by somebody else in the meantime",
        "по предложению {proposal} тем временем решил кто-то другой",
        "{proposal} ұсынысы бойынша осы арада басқа біреу шешім қабылдады",
    ),
    "proposal_of_other_act": T(
        "the proposal {proposal} is for {event}, not for {wanted}",
        "предложение {proposal} о другом действии: {event}, а не {wanted}",
        "{proposal} ұсынысы басқа әрекетке жасалған: {event}, ал {wanted} емес",
    ),
    "no_incident": T(
        "there is no open incident {given}",
        "открытого происшествия {given} нет",
        "{given} деген ашық оқыс оқиға жоқ",
        hint="`npm-cases incident list` shows them",
    ),
    "sandbox_only": T(
        "a bundled caseload goes into a sandbox only",
        "готовый набор дел загружают только в песочницу",
        "дайын істер жинағы тек сынақ ортасына жүктеледі",
        hint="make one with `npm-cases init --sandbox`",
    ),
}
