"""Words of messages that the tables of states have none for: fields and choices of registers, deeds that take a role."""

from collections.abc import Mapping

from npm_cases.domain import messages_cases
from npm_cases.domain.duty_words import DUTIES
from npm_cases.domain.messages_deeds import DEEDS
from state_machines.label import Label as T
from state_machines.labels import LANGUAGES, label

FIELDS: Mapping[str, T] = {
    "channel": T("channel", "канал", "арна"),
    "region": T("region", "регион", "өңір"),
    "place": T("place of detention", "место лишения свободы", "бас бостандығынан айыру орны"),
    "title": T("title", "заголовок", "тақырып"),
    "received_on": T("received on", "дата получения", "алынған күні"),
    "assignee": T("assigned to", "кому поручено", "кімге тапсырылды"),
    "paragraph": T("paragraph", "пункт", "тармақ"),
    "session": T("session", "сессия", "сессия"),
    "recommended_by": T("recommended by", "кто рекомендовал", "кім ұсынды"),
    "theme": T("theme", "тема", "тақырып саласы"),
    "text": T("text", "текст", "мәтін"),
    "alleged_victim": T("alleged victim", "предполагаемая жертва", "ықтимал жәбірленуші"),
    "source": T("source", "источник", "дереккөз"),
    "statement": T("statement", "показания", "мәлімдеме"),
    "excluded": T("named in the allegation", "названы в сообщении", "хабарда аталғандар"),
    "kind": T("kind", "вид", "түрі"),
    "id": T("code", "код", "коды"),
    "name": T("name", "имя или название", "аты немесе атауы"),
    "superior": T("superior body", "вышестоящий орган", "жоғары тұрған орган"),
    "email": T("e-mail address", "адрес электронной почты", "электрондық пошта мекенжайы"),
    "language": T("language", "язык", "тіл"),
    "zone": T("time zone", "часовой пояс", "уақыт белдеуі"),
    "body": T("body", "орган", "орган"),
    "last_periodic_visit": T("last periodic visit", "последнее периодическое посещение", "соңғы мерзімді бару"),
    "started_on": T("started on", "дата начала", "басталған күні"),
    "ended_on": T("ended on", "дата окончания", "аяқталған күні"),
    "post": T("post", "должность", "лауазым"),
    "user": T("user", "пользователь", "пайдаланушы"),
    "password": T("password", "пароль", "құпиясөз"),
    "code": T("code of your device", "код с вашего устройства", "құрылғыңыздағы код"),
    "totp_secret": T("second factor", "второй фактор", "екінші фактор"),
    "scopes": T("scopes", "области действия", "қолданылу аялары"),
    "query": T("filter", "фильтр", "сүзгі"),
    "other": T("other case", "другое дело", "басқа іс"),
    "deputy": T("deputy", "замещающий", "орынбасар"),
    "to_on": T("last day", "последний день", "соңғы күні"),
    "valid_from": T("from", "с какого дня", "қай күннен бастап"),
    "valid_to": T("until", "по какой день", "қай күнге дейін"),
    "unit": T("unit", "подразделение", "бөлімше"),
    "reason": T("reason", "причина", "себебі"),
    "basis": T("legal basis", "правовое основание", "құқықтық негіз"),
    "recipient": T("recipient", "получатель", "алушы"),
    "purpose": T("purpose", "цель", "мақсаты"),
    "form": T("form", "форма", "нысаны"),
    "expires_on": T("expires on", "действует до", "қай күнге дейін жарамды"),
    "on": T("day", "день", "күн"),
    "at": T("instant", "момент", "сәт"),
    "from": T("from", "с", "бастап"),
    "to": T("until", "по", "дейін"),
    "quorum": T("how many witnesses", "сколько свидетелей", "неше куәгер"),
    "receipt": T("receipt", "квитанция", "түбіртек"),
    "seq": T("number of the event", "номер события", "оқиға нөмірі"),
    "known": T("known on", "известно на", "белгілі болған күн"),
    "against_on": T("compared with", "сравнить с", "салыстыру күні"),
    "against_known": T("compared with what was known on", "сравнить с известным на", "салыстырудағы белгілі күн"),
    "until": T("until", "до", "дейін"),
    "role": T("role", "роль", "рөл"),
    "type": T("type of event", "вид события", "оқиға түрі"),
    "event": T("event", "действие", "әрекет"),
    "actor": T("who acted", "кто действовал", "кім әрекет етті"),
    "limit": T("number of lines", "число строк", "жолдар саны"),
    "after": T("place in the list", "место в списке", "тізімдегі орын"),
    "by": T("rows by", "строки по", "жолдар бойынша"),
    "sort": T("order", "порядок", "реті"),
    "size": T("rows on a page", "строк на странице", "беттегі жолдар"),
    "words": T("words", "слова", "сөздер"),
    "state": T("state", "состояние", "күйі"),
    "phase": T("phase", "этап", "кезең"),
    "escalation": T("escalation", "эскалация", "эскалация"),
    "due_from": T("due from", "срок с", "мерзімі басталатын күн"),
    "due_to": T("due until", "срок по", "мерзімі бітетін күн"),
    "given_on": T("given on", "дата согласия", "келісім күні"),
}

CHOICES: Mapping[str, T] = {
    "recommendation": T("recommendation", "рекомендация", "ұсыным"),
    "allegation": T("torture allegation", "сообщение о пытках", "азаптау туралы хабар"),
    "same_matter": T("same matter", "тот же вопрос", "сол мәселе"),
    "repeats": T("repeats it", "повторяет его", "оны қайталайды"),
    "related": T("related", "относится к нему", "оған қатысты"),
    "periodic": T("periodic", "периодическое", "мерзімді"),
    "interim": T("interim", "промежуточное", "аралық"),
    "special": T("special", "специальное", "арнайы"),
    "refer": T("referral", "передача", "беру"),
    "share": T("sharing", "обмен сведениями", "мәлімет алмасу"),
    "publish": T("publication", "опубликование", "жариялау"),
    "research": T("research", "исследование", "зерттеу"),
    "written": T("written", "письменная", "жазбаша"),
    "oral": T("oral", "устная", "ауызша"),
    "witnessed": T("before a witness", "при свидетеле", "куәгердің көзінше"),
    "give": T("give", "дать", "беру"),
    "limit": T("limit", "ограничить", "шектеу"),
    "withdraw": T("withdraw", "отозвать", "қайтарып алу"),
    "sealed": T("sealed", "под шифром", "шифрланған"),
    "open": T("open", "открытый", "ашық"),
    "pending": T("pending", "ожидает", "күтілуде"),
    "confirmed": T("confirmed", "подтверждено", "расталды"),
    "expired": T("lapsed", "истекло", "мерзімі өтті"),
    "calendar_days": T("calendar days", "календарных дней", "күнтізбелік күн"),
    "working_days": T("working days", "рабочих дней", "жұмыс күні"),
    "months": T("months", "месяцев", "ай"),
    "years": T("years", "лет", "жыл"),
    "hours": T("hours", "часов", "сағат"),
}  # fmt: skip

EVENTS: Mapping[str, T] = {
    "rotate_log_key": T("change of the log's key", "смена ключа журнала", "журнал кілтін ауыстыру"),
    "rotate_wrapping_key": T(
        "change of the wrapping key", "смена ключа шифрования ключей", "кілттерді шифрлау кілтін ауыстыру"
    ),
    "declare_restore": T("declared restore", "объявленное восстановление", "жарияланған қалпына келтіру"),
    "adopt_pack": T("adoption of country rules", "введение правил страны", "ел қағидаларын қабылдау"),
    "adopt_calendar": T("adoption of a calendar", "введение календаря", "күнтізбені қабылдау"),
    "new_rules": T("new rules of the country", "новые правила страны", "елдің жаңа қағидалары"),
    "add_user": T("new user", "новый пользователь", "жаңа пайдаланушы"),
    "set_roles": T("change of roles", "смена ролей", "рөлдерді өзгерту"),
    "enable_user": T("user let in again", "повторное включение пользователя", "пайдаланушыны қайта қосу"),
    "invite_user": T("invitation of a user", "приглашение пользователя", "пайдаланушыны шақыру"),
    "give_token": T("token for a user", "токен для пользователя", "пайдаланушыға токен беру"),
    "erase": T("erasure", "уничтожение", "жою"),
}
"""Acts of the office that take two people, which are in no table of states."""

REASONS: Mapping[str, T] = {
    code: T(said.en, said.ru, said.kk)
    for code, said in messages_cases.SENTENCES.items()
    if code in {"erased_already", "nothing_protected", "case_is_open", "clock_runs", "under_legal_hold"}
}
"""Reasons against an erasure, which is an act of no table."""

OWN: Mapping[str, Mapping[str, T]] = {
    "field": FIELDS,
    "choice": CHOICES,
    "deed": DEEDS,
    "event": EVENTS,
    "reason": REASONS,
    "duty": {name: T(words["en"], words["ru"], words["kk"]) for name, words in DUTIES.items()},
}


def words_for(kind: str, name: str, lang: str, machine: str | None = None) -> str:
    """Return the words for a code: those here, or the label of the tables of states; without either, the code itself."""
    found = OWN.get(kind, {}).get(name)
    if found is not None:
        return _in(found, lang)
    kind = "reason_code" if machine == "reason_code" else kind
    try:
        return label(kind, name, lang, machine)
    except LookupError:
        return name


def field_words(name: str, lang: str) -> str:
    """Return what a page calls a field.

    Raises LookupError for another language than kk, ru and en.
    """
    return words_for("field", name, lang)


def _in(found: T, lang: str) -> str:
    if lang not in LANGUAGES:
        message = f"no words in language {lang!r}: use one of {', '.join(LANGUAGES)}"
        raise LookupError(message)
    text: str = getattr(found, lang)
    return text
