"""What is said of a value somebody gave that cannot be used."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "not_one_of": T(
        "{given} is not one of {known}",
        "значения {given} нет; укажите одно из следующих: {known}",
        "{given} деген мән жоқ; мына мәндердің бірін көрсетіңіз: {known}",
    ),
    "not_a_date": T(
        "{given} is not a date; write it as 2026-03-02",
        "{given} не дата; напишите её так: 2026-03-02",
        "{given} күн емес; күнді былай жазыңыз: 2026-03-02",
    ),
    "day_in_future": T(
        "{day} lies in the future; today is {today}",
        "{day} ещё не наступило; сегодня {today}",
        "{day} әлі келген жоқ; бүгін {today}",
    ),
    "day_before_act": T(
        "{day} lies before {occurred}, the day of the act; give a later date",
        "{day} раньше дня самого действия ({occurred}); укажите более позднюю дату",
        "{day} әрекет жасалған күннен ({occurred}) бұрын; кейінгі күнді көрсетіңіз",
    ),
    "days_out_of_order": T(
        "{last} lies before {first}, the first day; give a later last day",
        "{last} раньше первого дня ({first}); укажите более поздний последний день",
        "{last} бірінші күннен ({first}) бұрын; соңғы күнді кейінірек көрсетіңіз",
    ),
    "ended_before_started": T(
        "{ended} lies before {started}, the day it started; give a later date",
        "{ended} раньше дня начала ({started}); укажите более позднюю дату",
        "{ended} басталған күннен ({started}) бұрын; кейінгі күнді көрсетіңіз",
    ),
    "not_a_code": T(
        "{given} is not a code: it is recorded for ever, so no names; use up to {longest} Latin letters, digits, "
        "_ - . / ( ), without a space",
        "{given} не код: он записывается навсегда, поэтому без имён; не более {longest} знаков: латинские буквы, цифры, "
        "_ - . / ( ), без пробелов",
        "{given} код емес: ол мәңгілікке жазылады, сондықтан есімдер жазылмайды; ең көбі {longest} таңба: латын "
        "әріптері, цифрлар, _ - . / ( ), бос орынсыз",
    ),
    "field_not_taken": T(
        "this act does not take it; it takes {known}",
        "это действие не принимает такого поля; принимаются: {known}",
        "бұл әрекет мұндай өрісті қабылдамайды; қабылданатындары: {known}",
    ),
    "field_not_taken_none": T(
        "this act does not take it; it takes no field",
        "это действие не принимает никаких полей",
        "бұл әрекет ешқандай өрісті қабылдамайды",
    ),
    "not_for_new_case": T(
        "a new case does not take it; it takes {known}",
        "новое дело не принимает такого поля; принимаются: {known}",
        "жаңа іс мұндай өрісті қабылдамайды; қабылданатындары: {known}",
    ),
    "not_taken_here": T(
        "not taken here; there are {known}",
        "здесь такого поля нет; есть поля: {known}",
        "мұнда ондай өріс жоқ; бар өрістер: {known}",
    ),
    "region_of_body_needed": T(
        "several bodies share this mechanism, and the region says whose case it is; choose one of {known}",
        "механизм делят несколько органов, и регион говорит, чьё это дело; выберите: {known}",
        "тетікті бірнеше орган бөліседі, істің кімдікі екенін өңір айтады; таңдаңыз: {known}",
        hint="give --field {field}=...",
    ),
    "field_needed": T(
        "it is needed; fill it in",
        "это поле обязательно; заполните его",
        "бұл өріс міндетті; оны толтырыңыз",
        hint="give --field {field}=...",
    ),
    "empty_text": T(
        "it is empty; write what there is to say, or leave the field out",
        "поле пустое; напишите, что есть сказать, или не заполняйте его вовсе",
        "өріс бос; айтарыңызды жазыңыз немесе бұл өрісті мүлде қоспаңыз",
    ),
    "not_a_flag": T(
        "{given} is neither true nor false",
        "{given}: здесь возможно только «да» (true) или «нет» (false)",
        "{given}: мұнда тек «иә» (true) немесе «жоқ» (false) деп жауап беруге болады",
    ),
    "not_a_number": T(
        "{given} is not a whole number",
        "{given} не целое число",
        "{given} бүтін сан емес",
    ),
    "no_limit": T(
        "{given}: give a number of lines, or 0 for all",
        "{given}: укажите число строк или 0, чтобы получить все",
        "{given}: жолдар санын көрсетіңіз, барлығы керек болса 0 деп жазыңыз",
    ),
    "no_visit": T(
        "there is no visit {given}",
        "посещения {given} нет",
        "{given} деген бару тіркелмеген",
        hint="`npm-cases visit list` shows them",
    ),
    "no_body": T(
        "there is no body {given}",
        "органа {given} в реестре нет",
        "тізілімде {given} деген орган жоқ",
        hint="`npm-cases body list` shows them",
    ),
    "no_user": T(
        "there is no user {given}",
        "пользователя {given} нет",
        "{given} деген пайдаланушы жоқ",
        hint="`npm-cases user list` shows them",
    ),
    "no_place": T(
        "there is no place {given}",
        "места лишения свободы {given} в реестре нет",
        "тізілімде {given} деген бас бостандығынан айыру орны жоқ",
        hint="`npm-cases place list` shows them",
    ),
    "no_body_or_post": T(
        "there is no body or post {given}",
        "нет ни органа, ни должности {given}",
        "{given} деген орган да, лауазым да жоқ",
        hint="`npm-cases body list` shows them",
    ),
    "nobody_named_so": T(
        "{given} is no post, body or user",
        "{given}: нет такой должности, органа или пользователя",
        "{given}: мұндай лауазым, орган немесе пайдаланушы жоқ",
        hint="see `npm-cases post list`, `body list`, `user list`",
    ),
    "post_not_fillable": T(
        "{given} cannot be filled; give one of {known}",
        "на должность {given} никого назначить нельзя; укажите одну из следующих: {known}",
        "{given} лауазымына ешкімді тағайындауға болмайды; мыналардың бірін көрсетіңіз: {known}",
    ),
    "id_taken": T(
        "there is {given} already; give another",
        "{given} уже есть; укажите другое обозначение",
        "{given} бұрыннан бар; басқа белгі көрсетіңіз",
        hint="it is given with --field id=...",
    ),
    "name_needed": T(
        "give the name of a person",
        "укажите имя человека",
        "адамның атын көрсетіңіз",
    ),
    "nobody_knew": T(
        "on {known} nobody knew what would be true on {on}; give a day of knowledge from {on} on",
        "{known} никто не знал, что будет {on}; укажите день, на который было известно, не раньше {on}",
        "{known} күні {on} не болатынын ешкім білмеген; белгілі болған күнді {on} бастап көрсетіңіз",
    ),
    "not_there_yet": T(
        "{at}: {number} was not there yet; it begins at {opened_at}",
        "{at}: дела {number} ещё не было; оно начинается {opened_at}",
        "{at}: {number} ісі әлі жоқ еді; ол {opened_at} басталады",
    ),
}
