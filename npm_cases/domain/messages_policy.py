"""What is said when rules of a country or a calendar cannot be put in force, or a corrected date cannot be decided."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "policy_not_as_adopted": T(
        "the text kept under {digest} is not the one that was adopted; keep everything and call the auditor",
        "текст, хранящийся под {digest}, не тот, что был введён; сохраните всё и позовите аудитора",
        "{digest} атауымен сақталған мәтін қабылданған мәтін емес; бәрін сақтап, аудиторды шақырыңыз",
    ),
    "other_country": T(
        "the pack is of {given}, this installation works for {country}; compare and adopt packs of one country",
        "этот набор правил для {given}, а установка работает для {country}; сравнивайте и вводите правила одной страны",
        "бұл қағидалар жинағы {given} үшін, ал орнатылым {country} үшін жұмыс істейді; бір елдің қағидаларын салыстырып, "
        "қабылдаңыз",
    ),
    "other_calendar": T(
        "the calendar is {given} of the zone {zone}, the rules count by {present}; give a calendar of the same id and zone",
        "это календарь {given} пояса {zone}, а правила считают по {present}; нужен календарь с тем же именем и поясом",
        "бұл {zone} белдеуінің {given} күнтізбесі, ал қағидалар {present} бойынша санайды; аты мен белдеуі бірдей күнтізбе керек",
    ),
    "calendar_lacks_week": T(
        "the calendar {given} has no week {week}, in which terms are counted; add it under [weeks]",
        "в календаре {given} нет недели {week}, по которой считаются сроки; добавьте её в [weeks]",
        "{given} күнтізбесінде мерзімдер саналатын {week} аптасы жоқ; оны [weeks] ішіне қосыңыз",
    ),
    "version_used": T(
        "the version {version} was in force before; a changed {what}, or an earlier one taken up again, is a new version",
        "версия {version} уже действовала; изменённое, как и возвращённое прежнее ({what}), получает новую версию",
        "{version} нұсқасы бұрын қолданылған; өзгертілген де, қайта оралған да ({what}) жаңа нұсқа алады",
        hint="give the file a version of its own",
    ),
    "pack_loses": T(
        "the pack {version} takes away or changes in place what histories name: {what}",
        "набор правил {version} убирает или меняет на месте то, на что ссылаются истории: {what}",
        "{version} қағидалар жинағы тарихтар сілтейтін нәрсені алып тастайды немесе орнында өзгертеді: {what}",
    ),
    "draft_not_adopted": T(
        "the pack {version} is a draft: answer its open questions, then give it the status reviewed or adopted",
        "набор правил {version} — черновик: ответьте на открытые вопросы, затем задайте статус reviewed или adopted",
        "{version} қағидалар жинағы — жоба: ашық сұрақтарға жауап беріп, reviewed немесе adopted мәртебесін қойыңыз",
        hint="`npm-cases policy show` lists the questions",
    ),
    "policy_does_not_hold": T(
        "the pack {version} does not hold in {count} ways; the first is in {where}: {what} ({example})",
        "набор правил {version} не выдерживает проверки ({count}); первое в {where}: {what} ({example})",
        "{version} қағидалар жинағы тексеруден өтпейді ({count}); біріншісі {where} ішінде: {what} ({example})",
        hint="`npm-cases policy check` lists them all",
    ),
    "date_into_the_past": T(
        "the new rule would let {duty} of {number}, due on {was}, be due on {due_on}, which is over; keep the old rule for it",
        "по новому правилу срок {duty} дела {number} был бы {due_on} вместо {was}, а этот день прошёл; оставьте ему прежнее "
        "правило",
        "жаңа қағида бойынша {number} ісінің {duty} мерзімі {was} орнына {due_on} болар еді, ал ол күн өтіп кетті; оған бұрынғы "
        "қағиданы қалдырыңыз",
        hint="adopt with `--open keep`, or name the case with `--otherwise`",
    ),
    "recount_under_way": T(
        "open clocks are still being counted again after the last adoption; confirm this one when that is done",
        "открытые сроки ещё пересчитываются после прошлого введения; подтвердите это, когда пересчёт закончится",
        "алдыңғы қабылдаудан кейін ашық мерзімдер әлі қайта саналуда; бұны санау біткенде растаңыз",
        hint="`npm-cases tick` carries it on",
    ),
    "adopts_no_policy": T(
        "the proposal {given} adopts no rules and no calendar",
        "предложение {given} не вводит ни правил, ни календаря",
        "{given} ұсынысы қағиданы да, күнтізбені де қабылдамайды",
    ),
    "policy_changed_since": T(
        "the proposal was made while {before} was in force; now it is {present}: propose it again",
        "предложение сделано, когда действовала версия {before}; теперь действует {present}: предложите заново",
        "ұсыныс {before} қолданыста болғанда жасалған; қазір {present}: қайта ұсыныңыз",
    ),
    "no_questioned_date": T(
        "no date of {number} waits for a decision",
        "у дела {number} нет даты, ожидающей решения",
        "{number} ісінде шешім күтіп тұрған күн жоқ",
        hint="`npm-cases incident list` shows the dates that wait",
    ),
}
