"""What is said when a clock of a case, a term or a date cannot be as asked."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "clock_never_suspended": T(
        "the clock {duty} is never suspended: it is there so that no case is forgotten",
        "срок «{duty}» никогда не приостанавливают: он для того, чтобы ни одно дело не забыли",
        "«{duty}» мерзімі ешқашан тоқтатыла тұрмайды: ол бірде-бір іс ұмытылмауы үшін қажет",
    ),
    "clock_in_hours": T(
        "the clock {duty} of {number} runs in hours and cannot be suspended",
        "срок «{duty}» дела {number} идёт в часах, его нельзя приостановить",
        "{number} ісінің «{duty}» мерзімі сағатпен есептеледі, оны тоқтата тұруға болмайды",
    ),
    "clock_stands": T(
        "the clock {duty} of {number} stands since {since} already",
        "срок «{duty}» дела {number} уже приостановлен с такого дня: {since}",
        "{number} ісінің «{duty}» мерзімі бұрыннан тоқтатыла тұр, басталған күні: {since}",
    ),
    "clock_is_running": T(
        "the clock {duty} of {number} is running; there is nothing to resume",
        "срок «{duty}» дела {number} идёт; возобновлять нечего",
        "{number} ісінің «{duty}» мерзімі өтіп жатыр; жалғастыратын ештеңе жоқ",
    ),
    "resumed_too_early": T(
        "{on} does not lie after the suspension of {since}",
        "{on} не позже дня приостановления ({since})",
        "{on} тоқтатыла тұрған күннен ({since}) кейін емес",
    ),
    "no_such_clock": T(
        "no clock {duty} runs on {number}; running: {running}",
        "по делу {number} нет срока «{duty}»; идут: {running}",
        "{number} ісі бойынша «{duty}» мерзімі жоқ; өтіп жатқандары: {running}",
    ),
    "no_clock_at_all": T(
        "no clock {duty} runs on {number}; running: none",
        "по делу {number} нет срока «{duty}» и никаких других",
        "{number} ісі бойынша «{duty}» мерзімі де, басқа мерзім де жоқ",
    ),
    "extension_needs_day": T(
        "give the date the extension runs to",
        "укажите день, до которого продлевается срок",
        "мерзім қай күнге дейін ұзартылатынын көрсетіңіз",
        hint="for example --field due_on=2026-03-02",
    ),
    "machine_clock_behind": T(
        "the clock says {at}, but the last event of this history is of {last_at}: check the clock of this machine; "
        "nothing was recorded",
        "на часах {at}, а последнее событие этой истории произошло {last_at}: проверьте часы машины; ничего не записано",
        "сағат {at} деп тұр, ал осы тарихтың соңғы оқиғасы {last_at} болған: машинаның сағатын тексеріңіз; ештеңе "
        "жазылған жоқ",
        hint="in a sandbox a later --now can be given",
    ),
    "clock_behind_sweep": T(
        "the clock says {at}, but there was a sweep or an event at {last_at}: set the clock right; nothing was done",
        "на часах {at}, а последний обход или событие — {last_at}: установите верное время; ничего не сделано",
        "сағат {at} деп тұр, ал соңғы тексеру немесе оқиға {last_at} болған: сағатты дұрыстаңыз; ештеңе жасалған жоқ",
    ),
    "clock_stepped": T(
        "the clock says {at}, but by another clock it is {other_at}: set the one that is wrong; nothing was done",
        "на часах {at}, а по другим часам — {other_at}: исправьте те, что неверны; ничего не сделано",
        "сағат {at} деп тұр, ал басқа сағат бойынша {other_at}: қатесін дұрыстаңыз; ештеңе жасалған жоқ",
    ),
    "suspended_backwards": T(
        "the suspension ends on {last}, before it begins on {first}",
        "приостановление кончается {last}, раньше своего начала: {first}",
        "тоқтатыла тұру басталғанынан ({first}) бұрын аяқталады: {last}",
    ),
    "extension_unclear": T(
        "the extension of {day} must say either by how much or until when",
        "в продлении от {day} надо указать либо на сколько, либо до какого дня",
        "{day} ұзартуда не қанша уақытқа, не қай күнге дейін екені көрсетілуі керек",
    ),
    "extension_in_hours": T(
        "the extension of {day} must be in days, months or years, not in hours",
        "продление от {day} считают в днях, месяцах или годах, а не в часах",
        "{day} ұзартуы сағатпен емес, күнмен, аймен немесе жылмен есептеледі",
    ),
    "not_a_code_of_terms": T(
        "{what} {given} must be a code of small Latin letters, digits, '_', '.' and '-'",
        "{what} {given} должен быть кодом из строчных латинских букв, цифр, «_», «.» и «-»",
        "{what} {given} кіші латын әріптерінен, цифрлардан, «_», «.» және «-» таңбаларынан тұратын код болуы керек",
    ),
    "term_negative": T(
        "a term cannot be negative: {amount} {unit}",
        "срок не может быть отрицательным: {amount} {unit}",
        "мерзім теріс сан бола алмайды: {amount} {unit}",
    ),
    "no_date_by_document": T(
        "{rule}: this rule lets no document set another date",
        "{rule}: по этому правилу документ не может установить другую дату",
        "{rule}: бұл қағида бойынша құжат басқа күнді белгілей алмайды",
    ),
    "date_too_early": T(
        "{rule}: {day} is too early, the earliest lawful date is {bound}",
        "{rule}: {day} слишком рано, самая ранняя законная дата: {bound}",
        "{rule}: {day} тым ерте, заңды ең ерте күн: {bound}",
    ),
    "date_too_late": T(
        "{rule}: {day} is too late, the latest date is {bound}",
        "{rule}: {day} слишком поздно, самая поздняя дата: {bound}",
        "{rule}: {day} тым кеш, ең кеш күн: {bound}",
    ),
    "date_before_event": T(
        "{rule}: {day} is before the event of {event_day}",
        "{rule}: {day} раньше самого события ({event_day})",
        "{rule}: {day} оқиғаның өзінен ({event_day}) бұрын",
    ),
    "hours_need_instant": T(
        "{rule}: a term in hours needs the instant it starts at, with its offset (started_at)",
        "{rule}: для срока в часах нужен момент его начала с часовым поясом",
        "{rule}: сағатпен есептелетін мерзімге оның басталған сәті уақыт белдеуімен бірге керек",
    ),
    "hours_run_through": T(
        "{rule}: a term in hours cannot be set, suspended or extended",
        "{rule}: срок в часах нельзя установить иначе, приостановить или продлить",
        "{rule}: сағатпен есептелетін мерзімді басқаша белгілеуге, тоқтата тұруға немесе ұзартуға болмайды",
    ),
    "instant_on_other_day": T(
        "{rule}: {instant} is not on {day} in {zone}",
        "{rule}: момент {instant} не приходится на этот день: {day} ({zone})",
        "{rule}: {instant} сәті бұл күнге келмейді: {day} ({zone})",
    ),
    "no_derivation": T(
        "this is no derivation of a due date: {wrong}",
        "это не расчёт срока: {wrong}",
        "бұл мерзімнің есебі емес: {wrong}",
    ),
    "outside_calendar": T(
        "counting from {day} leaves the years {first} to {last}: check the date and the term",
        "при счёте от {day} получается год вне пределов {first}–{last}: проверьте дату и срок",
        "{day} бастап есептегенде {first}–{last} жылдардан шығып кетеді: күн мен мерзімді тексеріңіз",
    ),
    "year_outside_calendar": T(
        "calendars reach from {first} to {last}: the year {year} is outside",
        "календари охватывают годы {first}–{last}: года {year} в них нет",
        "күнтізбелер {first}–{last} жылдарды қамтиды: {year} жыл оларда жоқ",
    ),
    "months_not_datable": T(
        "{months} months from {day} cannot be dated: check the date and the term",
        "для срока в {months} мес. от {day} нет даты в календаре: проверьте дату и срок",
        "{day} бастап {months} айдан кейінгі күн күнтізбеде жоқ: күн мен мерзімді тексеріңіз",
    ),
    "days_not_datable": T(
        "{days} days from {day} cannot be dated: check the date and the term",
        "для срока в {days} дн. от {day} нет даты в календаре: проверьте дату и срок",
        "{day} бастап {days} күннен кейінгі күн күнтізбеде жоқ: күн мен мерзімді тексеріңіз",
    ),
    "no_such_week": T(
        "calendar {calendar} has no week {given}: it has {known}",
        "в календаре {calendar} нет недели {given}: есть {known}",
        "{calendar} күнтізбесінде {given} аптасы жоқ: бары {known}",
    ),
}
