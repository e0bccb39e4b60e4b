"""What people read for machines, phases, roles, fields, choices and reason codes, and for the heads of a printed table."""

from state_machines.label import Label as T

MACHINES = {
    "recommendation": T("recommendation", "рекомендация", "ұсыным"),
    "allegation": T("torture allegation", "сообщение о пытках", "азаптау туралы хабар"),
    "compensation": T("compensation", "компенсация", "өтемақы"),
    "rehabilitation": T("rehabilitation", "реабилитация", "оңалту"),
    "escalation": T("escalation", "эскалация", "эскалация"),
}

PHASES = {
    "draft": T("draft", "проект", "жоба"),
    "issued": T("issued", "направлено", "жіберілді"),
    "acknowledged": T("acknowledged", "рассматривается", "қаралуда"),
    "in_progress": T("in progress", "в работе", "орындалуда"),
    "implemented": T("implemented", "исполнено", "орындалды"),
    "closed": T("closed", "закрыто", "жабылды"),
}

ROLES = {
    "participant": T("NPM participant", "участник НПМ", "ҰАТ қатысушысы"),
    "group_leader": T("group leader", "руководитель группы", "топ жетекшісі"),
    "council": T("Coordination Council", "Координационный совет", "Үйлестіру кеңесі"),
    "commissioner": T("Commissioner", "Уполномоченный", "Уәкіл"),
    "delegate": T(
        "delegate of the Commissioner", "лицо, замещающее Уполномоченного", "Уәкілдің өкілеттігі берілген адам"
    ),
    "secretariat": T("secretariat", "секретариат (Национальный центр)", "хатшылық (Ұлттық орталық)"),
    "representative": T("regional representative", "региональный представитель", "өңірлік өкіл"),
    "caseworker": T("caseworker", "ведущий дело", "іс жүргізуші"),
    "auditor": T("auditor", "аудитор", "аудитор"),
    "administrator": T("administrator", "администратор", "әкімші"),
    "clock": T("clock (the system, on time)", "часы (система по сроку)", "сағат (жүйе, мерзім бойынша)"),
}

FIELDS = {
    "document": T("document", "документ", "құжат"),
    "visit": T("visit", "посещение", "бару"),
    "reasons": T("reasons", "мотивы", "уәждер"),
    "reason_code": T("reason (code)", "причина (код)", "себебі (коды)"),
    "due_on": T("due on", "срок", "мерзімі"),
    "authority": T("authority", "орган", "орган"),
    "linked_case": T("linked case", "связанное дело", "байланысты іс"),
    "protection_measures": T("measures of protection", "меры защиты", "қорғау шаралары"),
    "persons_view": T("the person's view", "мнение лица", "адамның пікірі"),
    "reprisal_check": T(
        "check for reprisals made", "проверка на преследование проведена", "қудалауға тексеру жүргізілді"
    ),
    "addressee": T("addressee", "адресат", "адресат"),
    "measurable": T("one measurable action", "одно измеримое действие", "өлшенетін бір әрекет"),
    "symbol": T("document symbol", "обозначение документа", "құжаттың белгісі"),
    "published_on": T("published on", "дата опубликования", "жарияланған күні"),
    "about_ill_treatment": T("about ill-treatment", "о жестоком обращении", "қатыгез қарау туралы"),
    "consent": T("consent", "согласие", "келісім"),
    "under_pseudonym": T("under pseudonym", "под псевдонимом", "бүркеншік атпен"),
    "named_exception": T(
        "exception named by the country pack", "исключение из правил страны", "ел қағидаларындағы ерекше жағдай"
    ),
    "reprisal_risk": T("risk of reprisal", "риск преследования", "қудалау қаупі"),
    "complainant_told": T("complainant told", "заявитель уведомлён", "арыз иесі хабардар етілді"),
    "register_number": T("register number", "номер ЕРДР", "СДТБТ нөмірі"),
    "new_facts": T("new facts", "новые обстоятельства", "жаңа мән-жайлар"),
    "successor_due_on": T("new due date", "новый срок", "жаңа мерзім"),
    "mass_or_special": T(
        "mass violation or special public importance",
        "массовое нарушение или особое общественное значение",
        "жаппай бұзушылық немесе айрықша қоғамдық маңыз",
    ),
    "happened_on": T("happened on", "дата события", "болған күні"),
    "note": T("note", "примечание", "ескертпе"),
    "qualification": T("qualification", "квалификация", "саралау"),
    "investigator": T("investigating body", "орган расследования", "тергеп-тексеру органы"),
    "amount": T("amount", "сумма", "сома"),
}

CHOICES = {
    "given": T("given", "дано", "берілді"),
    "limited": T("limited", "ограничено", "шектелді"),
    "refused": T("refused", "отказано", "бас тартылды"),
    "none": T("none", "нет", "жоқ"),
    "low": T("low", "низкий", "төмен"),
    "medium": T("medium", "средний", "орташа"),
    "high": T("high", "высокий", "жоғары"),
}

REASON_CODES = {
    "noted": T("noted, not accepted", "принято к сведению", "назарға алынды"),
    "no_reply": T("no reply", "ответ не получен", "жауап алынбады"),
    "no_reasons_given": T("no reasons given", "доводы не приведены", "дәлелдер келтірілмеді"),
    "policy": T("contrary to policy", "противоречит политике органа", "органның саясатына қайшы"),
    "no_funds": T("no funds", "нет средств", "қаражат жоқ"),
    "outside_powers": T("outside its powers", "вне компетенции", "құзыретінен тыс"),
    "facts_disputed": T("facts disputed", "факты оспариваются", "фактілер даулануда"),
    "already_done": T("said to be done already", "заявлено как уже сделанное", "бұрын орындалды деп хабарланды"),
    "law_changed": T("the law changed", "изменился закон", "заң өзгерді"),
    "place_closed": T("the place closed", "учреждение закрыто", "мекеме жабылды"),
    "no_longer_relevant": T("no longer relevant", "утратила актуальность", "өзектілігін жоғалтты"),
    "repeated": T("repeated", "повторено", "қайталанды"),
    "new_facts": T("new facts", "новые обстоятельства", "жаңа мән-жайлар"),
    "error_in_text": T("error in the text", "ошибка в тексте", "мәтіндегі қате"),
    "insufficient_reply": T("insufficient reply", "недостаточный ответ", "жеткіліксіз жауап"),
    "same_matter": T("same matter", "тот же вопрос", "сол мәселе"),
    "not_ill_treatment": T("not ill-treatment", "не жестокое обращение", "қатыгез қарау емес"),
    "redress_not_due": T("redress not due", "возмещение не полагается", "өтеу тиесілі емес"),
    "consent_withdrawn": T("consent withdrawn", "согласие отозвано", "келісім қайтарып алынды"),
    "persons_choice": T("the person's own choice", "выбор самого лица", "адамның өз таңдауы"),
    "overdue": T("overdue", "просрочено", "мерзімі өтті"),
    "reprisal": T("reprisal", "преследование", "қудалау"),
    "mass_violation": T("mass violation", "массовое нарушение", "жаппай бұзушылық"),
    "special_importance": T("special public importance", "особое общественное значение", "айрықша қоғамдық маңыз"),
    "other": T("other", "иное", "өзге"),
}

HEADS = {
    "state": T("State", "Состояние", "Күй"),
    "event": T("Event", "Событие", "Оқиға"),
    "next": T("Next", "Следующее", "Келесі"),
    "who": T("Who", "Кто", "Кім"),
    "only_if": T("Only if", "Только если", "Тек егер"),
    "phase": T("Phase", "Этап", "Кезең"),
    "stands": T("Is", "Каково", "Түрі"),
    "open": T("open", "открытое", "ашық"),
    "final": T("final", "конечное", "соңғы"),
    "states": T("States", "Состояния", "Күйлер"),
    "any_open": T("any open state", "любое открытое состояние", "кез келген ашық күй"),
    "any": T("any state", "любое состояние", "кез келген күй"),
    "same": T("the same state", "то же состояние", "сол күй"),
    "sentence": T(
        "Read a row as a sentence: in this state, on this event, go to the next state, done by who is named, only if all"
        " the conditions hold. What is not in the table is refused. A dagger (†) marks a record of what others did: it"
        " is never refused for being unlawful. The words in code type are the contract; the others explain them.",
        "Строка читается как предложение: в этом состоянии, по этому событию, перейти в следующее; делает тот, кто"
        " назван, и только если выполнены все условия. Чего нет в таблице, в том отказано. Крестик (†) означает запись"
        " о действиях других: в ней не отказывают из-за их незаконности. Обязательны слова, набранные как код.",
        "Жол сөйлем ретінде оқылады: осы күйде, осы оқиға бойынша, келесі күйге өту; аталған адам жасайды және барлық"
        " шарт орындалса ғана. Кестеде жоқ әрекетке рұқсат жоқ. Айқыш (†) басқалардың әрекеті туралы жазбаны білдіреді:"
        " заңсыздығы үшін одан бас тартылмайды. Код қарпімен терілген сөздер міндетті.",
    ),
}
