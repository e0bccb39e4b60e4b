"""What is said when something cannot be done to a case."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "no_case": T(
        "there is no case {given}",
        "дела {given} нет",
        "{given} нөмірлі іс жоқ",
        hint="`npm-cases case list` shows the numbers you may see",
    ),
    "case_changed": T(
        "{number} changed since you read it: you saw version {seen}, it is now at version {version}; look at what is new "
        "and decide again",
        "дело {number} изменилось, пока вы его читали: вы видели версию {seen}, теперь версия {version}; посмотрите, что "
        "нового, и решите заново",
        "{number} ісі сіз оқығаннан бері өзгерді: сіз {seen}-нұсқаны көрдіңіз, қазір {version}-нұсқа; не жаңа екенін "
        "қарап, қайта шешіңіз",
        hint="`npm-cases case history {number}` shows it",
    ),
    "key_reused": T(
        "this key was used for another act; use a new key for a new act",
        "этот ключ уже использован для другого действия; для нового действия нужен новый ключ",
        "бұл кілт басқа әрекетке қолданылған; жаңа әрекетке жаңа кілт керек",
    ),
    "role_needed": T(
        "{user} may not {deed}: it takes one of the roles {roles}",
        "пользователь {user} не вправе {deed}: для этого нужна одна из ролей: {roles}",
        "{user} пайдаланушысының {deed} құқығы жоқ: ол үшін мына рөлдердің бірі керек: {roles}",
    ),
    "own_reads_only": T(
        "{user} may see their own reads; those of others are for an auditor",
        "пользователь {user} может видеть только свои обращения к тексту; чужие смотрит аудитор",
        "{user} пайдаланушысы тек өзінің оқуларын көре алады; басқалардікін аудитор қарайды",
    ),
    "refused_in_state": T(
        "{number}: {event} is refused in state {state}",
        "{number}: «{event}» сейчас невозможно, состояние: {state}",
        "{number}: «{event}» қазір мүмкін емес, күйі: {state}",
    ),
    "refused_no_extension": T(
        "{number}: {event} is refused in state {state}; no further extension is possible",
        "{number}: «{event}» сейчас невозможно, состояние: {state}; продлить ещё раз нельзя",
        "{number}: «{event}» қазір мүмкін емес, күйі: {state}; бұдан әрі ұзартуға болмайды",
    ),
    "refused_latest": T(
        "{number}: {event} is refused in state {state}; the latest date is {latest}",
        "{number}: «{event}» сейчас невозможно, состояние: {state}; самая поздняя дата: {latest}",
        "{number}: «{event}» қазір мүмкін емес, күйі: {state}; ең кеш күні: {latest}",
    ),
    "no_event_here": T(
        "{event} is no event of a {kind}; from {state} there are {known}",
        "{event}: такого действия здесь нет ({kind}); из состояния «{state}» возможны: {known}",
        "{event}: мұнда ондай әрекет жоқ ({kind}); «{state}» күйінен мыналар мүмкін: {known}",
    ),
    "no_case_kind": T(
        "{given} is no kind of case: a case is a recommendation or an allegation",
        "вида дел {given} нет; дело бывает рекомендацией или сообщением о пытках",
        "{given}: істің мұндай түрі жоқ; іс ұсыным немесе азаптау туралы хабар болады",
    ),
    "no_channel": T(
        "{given} is no channel for this kind of case ({kind}); give one of {known}",
        "канала {given} для дел этого вида нет ({kind}); укажите один из следующих: {known}",
        "осы түрдегі істерде ({kind}) {given} арнасы жоқ; мыналардың бірін көрсетіңіз: {known}",
    ),
    "title_needed": T(
        "say in one line what is to be done; one measurable action per recommendation",
        "скажите одной строкой, что должно быть сделано; в рекомендации одно измеримое действие",
        "не істелуі керегін бір жолмен айтыңыз; бір ұсынымда өлшенетін бір әрекет болады",
    ),
    "no_title_for_allegation": T(
        "an allegation has none, its number is its title; put the report into statement",
        "у сообщения о пытках его нет, заголовком служит номер; само сообщение запишите в показания",
        "азаптау туралы хабарда ол болмайды, тақырып орнына нөмірі жүреді; хабардың өзін мәлімдемеге жазыңыз",
    ),
    "other_regions": T(
        "{user} acts in {theirs}; a case of {given} is for others to make",
        "пользователь {user} работает в регионах: {theirs}; дело региона {given} заводят другие",
        "{user} пайдаланушысы мына өңірлерде жұмыс істейді: {theirs}; {given} өңірінің ісін басқалар ашады",
    ),
    "region_needed": T(
        "say in which of your regions, {theirs}",
        "укажите, в каком из ваших регионов: {theirs}",
        "қай өңіріңізде екенін көрсетіңіз: {theirs}",
    ),
    "excluded_from_case": T(
        "{user} is excluded from this case and cannot be assigned to it",
        "пользователь {user} отстранён от этого дела, поручить его ему нельзя",
        "{user} пайдаланушысы бұл істен шеттетілген, оған істі тапсыруға болмайды",
    ),
    "linked_to_itself": T(
        "{number} cannot be linked to itself",
        "дело {number} нельзя связать с ним самим",
        "{number} ісін өзімен байланыстыруға болмайды",
    ),
    "linked_already": T(
        "{number} is linked to {other} as {kind} already",
        "дело {number} уже связано с делом {other} ({kind})",
        "{number} ісі {other} ісімен бұрыннан байланысты ({kind})",
    ),
    "consent_on_recommendation": T(
        "{number} is a recommendation; consent is recorded on allegations",
        "{number} это рекомендация; согласие записывают в сообщениях о пытках",
        "{number} ұсыным болып табылады; келісім азаптау туралы хабарларда жазылады",
    ),
    "recipient_needed": T(
        "a limited consent names its recipient: give the body or post",
        "в ограниченном согласии назван получатель: укажите орган или должность",
        "шектелген келісімде алушы аталады: органды немесе лауазымды көрсетіңіз",
        hint="add --recipient BODY",
    ),
    "held_already": T(
        "{number} is under legal hold already",
        "дело {number} уже под запретом уничтожения",
        "{number} ісін жоюға бұрыннан тыйым салынған",
    ),
    "not_held": T(
        "{number} is not under legal hold already",
        "дело {number} и так не под запретом уничтожения",
        "{number} ісін жоюға онсыз да тыйым салынбаған",
    ),
    "cannot_be_erased": T(
        "{number} cannot be erased now: {reasons}",
        "дело {number} сейчас нельзя уничтожить: {reasons}",
        "{number} ісін қазір жоюға болмайды: {reasons}",
    ),
    "erased_already": T("it was erased already", "оно уже уничтожено", "ол бұрын жойылған"),
    "nothing_protected": T(
        "nothing of it was ever sealed",
        "в нём никогда не было защищённых сведений",
        "онда ешқашан қорғалған мәлімет болмаған",
    ),
    "case_is_open": T("it is not closed", "оно не закрыто", "ол жабылмаған"),
    "clock_runs": T("a clock of it still runs", "по нему ещё идёт срок", "ол бойынша мерзім әлі өтіп жатыр"),
    "under_legal_hold": T(
        "it is under legal hold; the hold must be lifted first",
        "оно под запретом уничтожения; сначала нужно снять запрет",
        "оны жоюға тыйым салынған; алдымен тыйымды алу керек",
    ),
    "was_erased": T(
        "the protected text of {number} was erased on {at} by {actor}, confirmed by {second}, basis {basis}.",
        "защищённый текст дела {number} уничтожен {at}: пользователь {actor}, подтвердил(а) {second}, основание {basis}.",
        "{number} ісінің қорғалған мәтіні {at} жойылды: {actor}, растаған {second}, негізі {basis}.",
    ),
    "erased_unrecorded": T(
        "the protected text of {number} is said to be erased, but no event says so: call the auditor.",
        "защищённый текст дела {number} отмечен как уничтоженный, но события об этом нет: позовите аудитора.",
        "{number} ісінің қорғалған мәтіні жойылды деп белгіленген, бірақ ол туралы оқиға жоқ: аудиторды шақырыңыз.",
    ),
    "nothing_more_sealed": T(
        "{erased} Nothing more can be sealed in it: make a new case and link it to this one",
        "{erased} Больше ничего в нём записать нельзя: заведите новое дело и свяжите его с этим",
        "{erased} Оған бұдан былай ештеңе жазуға болмайды: жаңа іс ашып, оны осы іспен байланыстырыңыз",
    ),
    "key_gone": T(
        "{number}: the key of this case is gone and no event says it was erased; keep everything and call the auditor",
        "{number}: ключ этого дела пропал, и ни одно событие не говорит об уничтожении; сохраните всё и позовите аудитора",
        "{number}: осы істің кілті жоғалған, ал жойылғаны туралы оқиға жоқ; бәрін сақтап, аудиторды шақырыңыз",
    ),
    "key_gone_not_recorded": T(
        "{number}: the key of this case is gone and no event says it was erased; nothing was recorded, call the auditor",
        "{number}: ключ этого дела пропал, и ни одно событие не говорит об уничтожении; ничего не записано, позовите аудитора",
        "{number}: осы істің кілті жоғалған, ал жойылғаны туралы оқиға жоқ; ештеңе жазылған жоқ, аудиторды шақырыңыз",
    ),
    "no_protected_text": T(
        "event {seq} of this history holds no protected text",
        "в событии {seq} этой истории нет защищённого текста",
        "осы тарихтың {seq}-оқиғасында қорғалған мәтін жоқ",
    ),
}
