"""The words of a narrative: Kazakh, Russian, English. The Kazakh has not been checked by a speaker yet.

Braces name what is filled in: members of the facts of the event, each already in words.
"""

from collections.abc import Mapping

from npm_cases.history.event import EventType

Words = Mapping[str, Mapping[str, str]]


def _t(en: str, ru: str, kk: str) -> Mapping[str, str]:
    return {"en": en, "ru": ru, "kk": kk}


SENTENCES: Words = {
    EventType.CASE_CREATED: _t(
        "The case was opened: {kind}, channel {channel}.",
        "Дело открыто: {kind}, канал {channel}.",
        "Іс ашылды: {kind}, {channel} арнасы.",
    ),
    EventType.CASE_IMPORTED: _t(
        "The case was taken over from a published file: {kind}, channel {channel}.",
        "Дело перенесено из опубликованного файла: {kind}, канал {channel}.",
        "Іс жарияланған файлдан алынды: {kind}, {channel} арнасы.",
    ),
    EventType.CASE_AMENDED: _t(
        "Data of the case were changed.", "Данные дела изменены.", "Істің деректері өзгертілді."
    ),
    EventType.CASE_ASSIGNED: _t(
        "The case was given to {assignee}.", "Дело поручено: {assignee}.", "Іс мына қызметкерге тапсырылды: {assignee}."
    ),
    EventType.CASE_LINKED: _t(
        "The case was linked to case {other} ({kind}).",
        "Дело связано с делом {other} ({kind}).",
        "Іс {other} ісімен байланыстырылды ({kind}).",
    ),
    EventType.PARTY_EXCLUDED: _t(
        "Those named in the case were shut out of it; their number: {count}.",
        "Названные в деле отстранены от него; их число: {count}.",
        "Істе аталғандар одан шеттетілді; саны: {count}.",
    ),
    EventType.DOCUMENT_ADDED: _t(
        "A document was added; size in bytes: {size}.",
        "Добавлен документ; размер в байтах: {size}.",
        "Құжат қосылды; байтпен көлемі: {size}.",
    ),
    EventType.MOVED: _t("{machine}: {event}.", "{machine}: {event}.", "{machine}: {event}."),
    EventType.ACT_PROPOSED: _t(
        "Proposed, to be confirmed by a second person until {expires_at}: {event}.",
        "Предложено, второе лицо подтверждает до {expires_at}: {event}.",
        "Ұсынылды, екінші тұлға {expires_at} дейін растайды: {event}.",
    ),
    EventType.ACT_CONFIRMED: _t(
        "Confirmed by a second person: {event}.",
        "Подтверждено вторым лицом: {event}.",
        "Екінші тұлға растады: {event}.",
    ),
    EventType.ACT_EXPIRED: _t(
        "Lapsed, nobody confirmed it in time: {event}.",
        "Утратило силу, никто не подтвердил вовремя: {event}.",
        "Күшін жойды, уақытында ешкім растамады: {event}.",
    ),
    EventType.ACT_REFUSED: _t(
        "Refused: {event}. What stood against it: {reasons}.",
        "Отказано: {event}. Что препятствовало: {reasons}.",
        "Бас тартылды: {event}. Не кедергі болды: {reasons}.",
    ),
    EventType.OBLIGATION_OPENED: _t(
        "A term began: {duty}, owed by {owed_by}, due on {due_on}.",
        "Начался срок: {duty} ({owed_by}), до {due_on}.",
        "Мерзім басталды: {duty} ({owed_by}), соңғы күні {due_on}.",
    ),
    EventType.OBLIGATION_SUSPENDED: _t(
        "A term stands since {from}: {duty}.",
        "Срок приостановлен с {from}: {duty}.",
        "Мерзім {from} бастап тоқтатыла тұрды: {duty}.",
    ),
    EventType.OBLIGATION_RESUMED: _t(
        "A term runs on from {to}: {duty}, now due on {due_on}.",
        "Срок продолжается с {to}: {duty}, теперь до {due_on}.",
        "Мерзім {to} бастап жалғасады: {duty}, енді соңғы күні {due_on}.",
    ),
    EventType.OBLIGATION_EXTENDED: _t(
        "A term was extended until {to}: {duty}.",
        "Срок продлён до {to}: {duty}.",
        "Мерзім {to} дейін ұзартылды: {duty}.",
    ),
    EventType.OBLIGATION_QUESTIONED: _t(
        "A corrected calendar says {would_be}, not {due_on}, and one of them is missed: {duty}; a person decides.",
        "Исправленный календарь даёт {would_be} вместо {due_on}, одна из дат пропущена: {duty}; решает человек.",
        "Түзетілген күнтізбе {due_on} орнына {would_be} дейді, бірі өтіп кеткен: {duty}; адам шешеді.",
    ),
    EventType.OBLIGATION_MOVED: _t(
        "A corrected calendar moved a due date: {duty}, from {was} to {due_on}.",
        "Исправленный календарь сдвинул срок: {duty}, с {was} на {due_on}.",
        "Түзетілген күнтізбе мерзімді жылжытты: {duty}, {was} орнына {due_on}.",
    ),
    EventType.OBLIGATION_DISCHARGED: _t(
        "A term ended: {duty}; ended by: {by}.",
        "Срок завершён: {duty}; основание: {by}.",
        "Мерзім аяқталды: {duty}; негізі: {by}.",
    ),
    EventType.RUNG_TAKEN: _t(
        "Step of the ladder: {act}; {duty}, due on {due_on}; told: {posts}.",
        "Ступень лестницы: {act}; {duty}, срок {due_on}; извещены: {posts}.",
        "Саты басқышы: {act}; {duty}, мерзімі {due_on}; хабарланды: {posts}.",
    ),
    EventType.MAIL_QUEUED: _t(
        "A letter waits for {post}.", "Письмо ожидает отправки: {post}.", "Хат жіберілуін күтуде: {post}."
    ),
    EventType.MAIL_SENT: _t("A letter was sent to {post}.", "Письмо отправлено: {post}.", "Хат жіберілді: {post}."),
    EventType.MAIL_FAILED: _t(
        "A letter could not be delivered to {post}.",
        "Письмо не удалось доставить: {post}.",
        "Хатты жеткізу мүмкін болмады: {post}.",
    ),
    EventType.MAIL_BOUNCED: _t(
        "A letter to {post} came back.", "Письмо вернулось: {post}.", "Хат қайтып келді: {post}."
    ),
    EventType.MAIL_WITHDRAWN: _t(
        "A letter to {post} was withdrawn: there was nothing more to remind of.",
        "Письмо отозвано, напоминать больше не о чем: {post}.",
        "Хат кері алынды, еске салатын ештеңе қалмады: {post}.",
    ),
    EventType.CALENDAR_ADOPTED: _t(
        "A calendar was adopted: {calendar}.", "Введён календарь: {calendar}.", "Күнтізбе қабылданды: {calendar}."
    ),
    EventType.PACK_ADOPTED: _t(
        "Rules of the country were adopted: {pack}.",
        "Введены правила страны: {pack}.",
        "Ел қағидалары қабылданды: {pack}.",
    ),
    EventType.TEXT_READ: _t(
        "Protected text was opened: {fields}.",
        "Открыт защищённый текст: {fields}.",
        "Қорғалған мәтін ашылды: {fields}.",
    ),
    EventType.EXPORTED: _t(
        "The history was exported: {what}.", "История выгружена: {what}.", "Тарих сыртқа шығарылды: {what}."
    ),
    EventType.CONSENT_GIVEN: _t(
        "Consent was given; purpose: {purpose}.",
        "Согласие дано; цель: {purpose}.",
        "Келісім берілді; мақсаты: {purpose}.",
    ),
    EventType.CONSENT_LIMITED: _t(
        "Consent was limited to {recipient}; purpose: {purpose}.",
        "Согласие ограничено получателем {recipient}; цель: {purpose}.",
        "Келісім {recipient} алушысымен шектелді; мақсаты: {purpose}.",
    ),
    EventType.CONSENT_WITHDRAWN: _t("Consent was withdrawn.", "Согласие отозвано.", "Келісім қайтарып алынды."),
    EventType.ROLE_CHANGED: _t(
        "The user {user} got the roles: {roles}.",
        "Пользователь {user} получил роли: {roles}.",
        "{user} пайдаланушысы мына рөлдерді алды: {roles}.",
    ),
    EventType.ACCOUNT_CHANGED: _t(
        "The account of {user}: {change}.",
        "Учётная запись {user}: {change}.",
        "{user} есептік жазбасы: {change}.",
    ),
    EventType.SIGNED_IN: _t(
        "{user} signed in: {how}.", "Вход в систему, {user}: {how}.", "{user} жүйеге кірді: {how}."
    ),
    EventType.SIGN_IN_REFUSED: _t(
        "Signing in was refused {tries} times running; locked until {locked_until}: {user}.",
        "Во входе отказано подряд раз: {tries}; закрыто до {locked_until}: {user}.",
        "Кіруден қатарынан {tries} рет бас тартылды; {locked_until} дейін жабық: {user}.",
    ),
    EventType.ABSENCE_RECORDED: _t(
        "{deputy} stands in for {user} from {from} to {to}.",
        "{deputy} замещает {user} с {from} по {to}.",
        "{deputy} {from} бастап {to} дейін {user} орнын басады.",
    ),
    EventType.ABSENCE_ENDED: _t(
        "{deputy} no longer stands in for {user}.",
        "{deputy} больше не замещает {user}.",
        "{deputy} енді {user} орнын баспайды.",
    ),
    EventType.PLACE_ADDED: _t(
        "A place of detention was added: {place}.",
        "Добавлено место лишения свободы: {place}.",
        "Бас бостандығынан айыру орны қосылды: {place}.",
    ),
    EventType.VISIT_RECORDED: _t(
        "A visit was recorded: {place}, begun on {started_on}.",
        "Записано посещение: {place}, начато {started_on}.",
        "Бару жазылды: {place}, басталған күні {started_on}.",
    ),
    EventType.BODY_ADDED: _t("A body was added: {body}.", "Добавлен орган: {body}.", "Орган қосылды: {body}."),
    EventType.POST_FILLED: _t(
        "A post was filled from {valid_from} on: {post}.",
        "Должность занята с {valid_from}: {post}.",
        "Лауазым {valid_from} бастап атқарылады: {post}.",
    ),
    EventType.IMPORT_FINISHED: _t(
        "An import ended: read {read}, new {new}, changed {changed}, refused {refused}.",
        "Загрузка завершена: прочитано {read}, новых {new}, изменено {changed}, отклонено {refused}.",
        "Жүктеу аяқталды: оқылды {read}, жаңа {new}, өзгерді {changed}, қабылданбады {refused}.",
    ),
    EventType.ERASED: _t(
        "The protected text was erased; basis: {basis}; texts: {texts}, documents: {documents}.",
        "Защищённый текст уничтожен; основание: {basis}; текстов: {texts}, документов: {documents}.",
        "Қорғалған мәтін жойылды; негізі: {basis}; мәтіндер: {texts}, құжаттар: {documents}.",
    ),
    EventType.KEY_ROTATED: _t("A key was replaced: {which}.", "Ключ заменён: {which}.", "Кілт ауыстырылды: {which}."),
    EventType.BREAK_GLASS: _t(
        "Emergency access was used.", "Использован экстренный доступ.", "Шұғыл қолжетімділік пайдаланылды."
    ),
    EventType.INCIDENT_RAISED: _t(
        "Something went wrong and needs a person: {kind}.",
        "Произошёл сбой, нужен человек: {kind}.",
        "Ақау болды, адам араласуы керек: {kind}.",
    ),
    EventType.INCIDENT_CLOSED: _t("An incident was closed.", "Сбой устранён и закрыт.", "Ақау жойылып, жабылды."),
    EventType.RESTORED: _t(
        "The log was restored from a backup; entries signed before: {lost_size}, kept: {kept_size}.",
        "Журнал восстановлен из копии; подписано ранее записей: {lost_size}, сохранено: {kept_size}.",
        "Журнал көшірмеден қалпына келтірілді; бұрын қол қойылған жазбалар: {lost_size}, сақталғаны: {kept_size}.",
    ),
}
"""What each event means to a person. One sentence for every type of event."""

CHANGES: Words = {
    "invited": _t(
        "a link was given to set password and second factor",
        "выдана ссылка для задания пароля и второго фактора",
        "құпиясөз бен екінші факторды орнату сілтемесі берілді",
    ),
    "enrolled": _t(
        "password and second factor were set",
        "заданы пароль и второй фактор",
        "құпиясөз бен екінші фактор орнатылды",
    ),
    "sessions_ended": _t("signed out everywhere", "завершены все сеансы", "барлық сеанстар аяқталды"),
    "password": _t("the password was changed", "пароль изменён", "құпиясөз өзгертілді"),
    "roles": _t("other roles", "другие роли", "басқа рөлдер"),
    "regions": _t("other regions", "другие регионы", "басқа өңірлер"),
    "language": _t("another language", "другой язык", "басқа тіл"),
    "disabled": _t("shut out", "доступ закрыт", "қолжетімділік жабылды"),
    "enabled": _t("let in again", "доступ открыт снова", "қолжетімділік қайта ашылды"),
    "token": _t(
        "a new token for the command line",
        "новый токен для командной строки",
        "пәрмен жолына арналған жаңа токен",
    ),
    "api_token_made": _t("a token for programs was made", "создан токен для программ", "бағдарламаға токен жасалды"),
    "api_token_ended": _t(
        "a token for programs was ended", "токен для программ отозван", "бағдарлама токені күшін жойды"
    ),
}
"""What can happen to an account."""

HOWS: Words = {
    "two_factors": _t("password and second factor", "пароль и второй фактор", "құпиясөз және екінші фактор"),
    "renewed": _t("second factor given again", "второй фактор введён снова", "екінші фактор қайта енгізілді"),
    "sandbox": _t("a sandbox, without a password", "учебная среда, без пароля", "оқу ортасы, құпиясөзсіз"),
}
"""How somebody signed in."""

BESIDE: Words = {
    "unlawful": _t(
        "The extension goes beyond the rule and moves no due date.",
        "Продление выходит за пределы правила и срока не сдвигает.",
        "Ұзарту қағида шегінен асады және мерзімді жылжытпайды.",
    ),
    "late_by_engine": _t(
        "This system took the step late, by its own fault.",
        "Ступень выполнена с опозданием по вине этой системы.",
        "Саты осы жүйенің кінәсінен кеш орындалды.",
    ),
    "stays": _t(
        "A due date stays as it is and is no longer provisional: {duty}, due on {due_on}.",
        "Срок остаётся прежним и больше не предварительный: {duty}, до {due_on}.",
        "Мерзім өзгермейді, енді алдын ала емес: {duty}, соңғы күні {due_on}.",
    ),
    "stays_provisional": _t(
        "A due date stays as it is, but is provisional now: {duty}, due on {due_on}.",
        "Срок остаётся прежним, но теперь он предварительный: {duty}, до {due_on}.",
        "Мерзім өзгермейді, бірақ енді алдын ала: {duty}, соңғы күні {due_on}.",
    ),
    "wrong_date": _t(
        "A letter to {post} was withdrawn before it went out: its date, {due_on}, no longer holds.",
        "Письмо отозвано до отправки, срок в нём ({due_on}) больше не действует: {post}.",
        "Хат жіберілгенге дейін кері алынды, ондағы мерзім ({due_on}) енді жарамсыз: {post}.",
    ),
    "left": _t(
        "It was decided: the old date holds.", "Решено: действует прежний срок.", "Шешілді: бұрынғы мерзім қалады."
    ),
    "given": _t("Given with it: {given}.", "При этом указано: {given}.", "Қоса көрсетілді: {given}."),
    "happened": _t(
        "It happened on {day} and was recorded later.",
        "Произошло {day}, записано позже.",
        "{day} болған, кейін жазылған.",
    ),
    "who": _t("By {actor}, {role}.", "Кто: {actor}, {role}.", "Кім: {actor}, {role}."),
    "who_for": _t(
        "By {actor}, {role}, on behalf of {on_behalf}.",
        "Кто: {actor}, {role}, от имени {on_behalf}.",
        "Кім: {actor}, {role}, {on_behalf} атынан.",
    ),
    "second": _t("Second person: {approved_by}.", "Второе лицо: {approved_by}.", "Екінші тұлға: {approved_by}."),
    "why": _t("Why: {reason}.", "Причина: {reason}.", "Себебі: {reason}."),
    "changed": _t("Changed: {changes}.", "Изменилось: {changes}.", "Өзгерді: {changes}."),
    "change": _t("{field}: {before} → {after}", "{field}: {before} → {after}", "{field}: {before} → {after}"),
}
"""What stands beside the sentence of an event."""

FIELDS: Words = {
    "number": _t("number", "номер", "нөмірі"),
    "kind": _t("kind", "вид", "түрі"),
    "channel": _t("channel", "канал", "арна"),
    "region": _t("region", "регион", "өңір"),
    "place": _t("place", "место", "орны"),
    "addressee": _t("addressee", "адресат", "адресат"),
    "assignee": _t("caseworker", "ведущий дело", "іс жүргізуші"),
    "consent": _t("consent", "согласие", "келісім"),
    "consent_for": _t("consent is for", "согласие для", "келісім кімге"),
    "consent_until": _t("consent until", "согласие до", "келісім мерзімі"),
    "authorities": _t("authorities turned to", "органы, в которые обращались", "жүгінген органдар"),
    "reopened": _t("taken up again", "возобновлено", "қайта басталған"),
    "legal_hold": _t("legal hold", "запрет уничтожения", "жоюға тыйым"),
    "erased": _t("erased on the basis", "уничтожено на основании", "жойылу негізі"),
    "excluded": _t("shut out", "отстранено лиц", "шеттетілгендер"),
    "documents": _t("documents", "документов", "құжаттар"),
    "links": _t("linked cases", "связанные дела", "байланысты істер"),
    "pending": _t("waits for a second person", "ожидает второго лица", "екінші тұлғаны күтуде"),
    "paragraph": _t("paragraph", "пункт", "тармақ"),
    "session": _t("session", "сессия", "сессия"),
    "recommended_by": _t("recommended by", "кем рекомендовано", "кім ұсынды"),
    "vocabulary": _t("words of", "чьи слова", "кімнің сөздері"),
    "published_status": _t("published status", "опубликованный статус", "жарияланған мәртебе"),
    "published_on": _t("published on", "опубликовано", "жарияланған күні"),
    "published_response": _t("published response", "опубликованный ответ", "жарияланған жауап"),
    "theme": _t("theme", "тема", "тақырып"),
    "themes": _t("themes", "темы", "тақырыптар"),
    "zone": _t("time zone", "часовой пояс", "уақыт белдеуі"),
    "obligation": _t("obligation", "обязательство", "міндеттеме"),
    "due_on.": _t("due date, {duty}", "срок, {duty}", "мерзім, {duty}"),
    "suspended_on.": _t("stands since, {duty}", "приостановлено с, {duty}", "тоқтатылған күні, {duty}"),
    "overdue.": _t("overdue, {duty}", "просрочено, {duty}", "мерзімі өткен, {duty}"),
}
"""Names of fields that are none of an act; those of acts have their labels."""

SMALL: Words = {
    "nothing": _t("—", "—", "—"),
    "yes": _t("yes", "да", "иә"),
    "no": _t("no", "нет", "жоқ"),
    "unnamed": _t("?", "?", "?"),
}
