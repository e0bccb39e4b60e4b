"""Why a row, or a whole file, cannot be imported: said after the name of the file or the column, so it is no sentence yet."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "in_file": T("{file}: {why}", "{file}: {why}", "{file}: {why}"),
    "at_line": T("{file}, line {line}: {why}", "{file}, строка {line}: {why}", "{file}, {line}-жол: {why}"),
    "cell_missing": T("is missing", "значение не указано", "мәні көрсетілмеген"),
    "control_character": T(
        "holds the control character {character}; remove it",
        "содержит управляющий символ {character}; удалите его",
        "{character} басқару таңбасы бар; оны алып тастаңыз",
    ),
    "no_response": T(
        "{given} is not a response; write Accepted, Rejected or Noted, or nothing",
        "{given} не ответ; напишите Accepted, Rejected или Noted либо ничего",
        "{given} жауап емес; Accepted, Rejected немесе Noted деп жазыңыз, не бос қалдырыңыз",
    ),
    "status_needs_vocabulary": T(
        "{given} is a word of somebody's own, and no vocabulary, or more than one, knows every status of this file",
        "{given}: слово чужого словаря; все статусы этого файла не знает ни один словарь или знают сразу несколько",
        "{given} – басқа сөздіктің сөзі; осы файлдың барлық мәртебесін ешбір сөздік білмейді немесе бірнешеуі біледі",
        hint="give --vocabulary ID; 'npm-cases report vocabularies' lists them",
    ),
    "status_unknown": T(
        "{given} is no word of the vocabulary {vocabulary}; its words are {known}",
        "{given}: такого слова в словаре {vocabulary} нет; есть: {known}",
        "{given}: {vocabulary} сөздігінде мұндай сөз жоқ; барлары: {known}",
    ),
    "status_refused": T(
        "{given}: {why}; words that say how far it got are {known}",
        "{given}: {why}; о ходе исполнения говорят слова: {known}",
        "{given}: {why}; орындалуын айтатын сөздер: {known}",
    ),
    "no_day": T(
        "{given} is not a day; write it as year-month-day, such as 2024-03-31",
        "{given} не день; напишите его как год-месяц-день, например 2024-03-31",
        "{given} күн емес; оны жыл-ай-күн түрінде жазыңыз, мысалы 2024-03-31",
    ),
    "responded_before_issued": T(
        "{day} is before the day of issue, {issued_on}",
        "{day} раньше дня направления ({issued_on})",
        "{day} жіберілген күннен ({issued_on}) бұрын",
    ),
    "no_session_number": T(
        "{given} is not the number of a session",
        "{given} не номер сессии",
        "{given} сессияның нөмірі емес",
    ),
    "session_not_on_file": T(
        "{given} is not a session on file ({first} to {last})",
        "{given}: такой сессии в списке нет (есть с {first} по {last})",
        "{given}: тізімде мұндай сессия жоқ ({first}–{last} бар)",
        hint="see config/sessions_upr.toml",
    ),
    "not_an_object": T(
        "is not an object; write the members between {{ and }}",
        "это не объект; напишите его члены между {{ и }}",
        "бұл объект емес; мүшелерін {{ және }} арасына жазыңыз",
    ),
    "no_such_member": T(
        "is not a known member; there are {known}",
        "такого члена нет; есть: {known}",
        "мұндай мүше жоқ; барлары: {known}",
    ),
    "not_text": T("is not text", "это не текст", "бұл мәтін емес"),
    "cells_too_many": T(
        "has {found} cells where the header has {width}; look for a stray comma",
        "ячеек {found}, а в заголовке {width}; поищите лишнюю запятую",
        "ұяшықтар саны {found}, ал тақырыпта {width}; артық үтірді іздеңіз",
    ),
    "cells_over_lines": T(
        "has {found} cells where the header has {width}, down to line {last}; look for a stray quote",
        "ячеек {found}, а в заголовке {width}, до строки {last}; поищите лишнюю кавычку",
        "ұяшықтар саны {found}, ал тақырыпта {width}, {last}-жолға дейін; артық тырнақшаны іздеңіз",
    ),
    "text_after_quote": T(
        'text follows a closing quote; write "" for a quote inside a cell',
        'после закрывающей кавычки идёт текст; кавычку внутри ячейки пишите как ""',
        'жабатын тырнақшадан кейін мәтін тұр; ұяшық ішіндегі тырнақшаны "" деп жазыңыз',
    ),
    "quote_not_closed": T(
        "a quote opened in the row that begins here is never closed, or not doubled",
        "в строке, которая начинается здесь, кавычка открыта и не закрыта или не удвоена",
        "осы жерден басталатын жолда тырнақша ашылған, бірақ жабылмаған немесе қосарланбаған",
    ),
    "cell_too_long": T(
        "a cell of this row is too long ({wrong})",
        "ячейка этой строки слишком длинная ({wrong})",
        "осы жолдың ұяшығы тым ұзын ({wrong})",
    ),
    "row_too_long": T(
        "the row that begins here is longer than {most} characters: look for a quote that is not closed",
        "строка, которая начинается здесь, длиннее {most} знаков: поищите незакрытую кавычку",
        "осы жерден басталатын жол {most} таңбадан ұзын: жабылмаған тырнақшаны іздеңіз",
    ),
    "changed_while_read": T(
        "the file changed while it was read; import it again",
        "файл изменился во время чтения; импортируйте его снова",
        "файл оқылып жатқанда өзгерді; оны қайта импорттаңыз",
    ),
    "member_twice": T(
        "the member {name} stands twice in one object",
        "член {name} стоит в одном объекте дважды",
        "{name} мүшесі бір объектіде екі рет тұр",
    ),
    "lists_without_end": T(
        "lists inside lists without end; give a list of objects",
        "списки внутри списков без конца; нужен список объектов",
        "тізім ішінде тізім, шегі жоқ; объектілердің тізімі керек",
    ),
    "object_too_long": T(
        "no object ends within {most} characters; look for a quote that is not closed",
        "за {most} знаков не кончается ни один объект; поищите незакрытую кавычку",
        "{most} таңба ішінде бірде-бір объект аяқталмайды; жабылмаған тырнақшаны іздеңіз",
    ),
    "not_json": T("not JSON: {wrong}", "это не JSON: {wrong}", "бұл JSON емес: {wrong}"),
    "not_a_json_list": T(
        "the file is not a JSON list; it begins with [ and holds one object per row",
        "файл не является списком JSON; он начинается с [ и содержит по объекту на строку",
        "файл JSON тізімі емес; ол [ белгісінен басталып, әр жолға бір объектіден тұрады",
    ),
    "comma_missing": T(
        "a comma or ] is missing after an object; the file may be cut off",
        "после объекта не хватает запятой или ]; возможно, файл оборван",
        "объектіден кейін үтір немесе ] жетіспейді; файл үзілген болуы мүмкін",
    ),
    "text_after_list": T(
        "text follows the end of the list; one file holds one list",
        "после конца списка идёт текст; в одном файле один список",
        "тізім аяқталғаннан кейін мәтін тұр; бір файлда бір тізім болады",
    ),
    "no_such_format": T(
        "the format {given} is not read here; give one of {known}",
        "формат {given} здесь не читается; укажите один из следующих: {known}",
        "{given} форматы мұнда оқылмайды; мыналардың бірін көрсетіңіз: {known}",
    ),
    "file_without_header": T(
        "the file is empty; its first line holds the columns {known}",
        "файл пуст; в первой строке должны быть столбцы: {known}",
        "файл бос; бірінші жолда мына бағандар болуы керек: {known}",
    ),
    "not_by_commas": T(
        "the columns are not separated by commas; save the file as comma-separated CSV",
        "столбцы разделены не запятыми; сохраните файл как CSV с запятыми",
        "бағандар үтірмен бөлінбеген; файлды үтірмен бөлінген CSV түрінде сақтаңыз",
    ),
    "column_missing": T(
        "the header has no column {missing}; the format {format} has {known}",
        "в заголовке нет столбца {missing}; в формате {format} есть: {known}",
        "тақырыпта {missing} бағаны жоқ; {format} форматында мыналар бар: {known}",
    ),
    "column_unknown": T(
        "the column {given} is not known; the format {format} has {known}",
        "столбец {given} неизвестен; в формате {format} есть: {known}",
        "{given} бағаны белгісіз; {format} форматында мыналар бар: {known}",
    ),
    "column_twice": T("the column {given} stands twice", "столбец {given} стоит дважды", "{given} бағаны екі рет тұр"),
    "no_plain_file": T(
        "there is no such plain file; check the name",
        "такого обычного файла нет; проверьте имя",
        "мұндай кәдімгі файл жоқ; атын тексеріңіз",
    ),
    "file_not_opened": T(
        "the file cannot be opened: {wrong}", "файл не открывается: {wrong}", "файл ашылмайды: {wrong}"
    ),
    "no_such_encoding": T(
        "the encoding {given} is not read here; give one of {known}",
        "кодировка {given} здесь не читается; укажите одну из следующих: {known}",
        "{given} кодтауы мұнда оқылмайды; мыналардың бірін көрсетіңіз: {known}",
    ),
    "not_in_encoding": T(
        "not {encoding} here; name the encoding it was saved in",
        "здесь не {encoding}; назовите кодировку, в которой файл сохранён",
        "мұнда {encoding} емес; файл сақталған кодтауды атаңыз",
    ),
    "file_is_utf16": T(
        "the file is UTF-16; save it as UTF-8 and import that",
        "файл в UTF-16; сохраните его в UTF-8 и импортируйте снова",
        "файл UTF-16 түрінде; оны UTF-8 түрінде сақтап, қайта импорттаңыз",
    ),
    "nul_in_file": T(
        "a NUL byte: not a text file, or UTF-16; save it as UTF-8 and import that",
        "нулевой байт: файл не текстовый или в UTF-16; сохраните его в UTF-8 и импортируйте снова",
        "NUL байты бар: файл мәтіндік емес немесе UTF-16; оны UTF-8 түрінде сақтап, қайта импорттаңыз",
    ),
    "utf8_mark": T(
        "the file begins with the mark of UTF-8; it is not {encoding}",
        "файл начинается с метки UTF-8; это не {encoding}",
        "файл UTF-8 белгісінен басталады; бұл {encoding} емес",
    ),
    "two_encodings": T(
        "partly UTF-8, partly something else; save it again in one encoding",
        "частью UTF-8, частью что-то иное; сохраните файл заново в одной кодировке",
        "бір бөлігі UTF-8, бір бөлігі басқа; файлды бір кодтауда қайта сақтаңыз",
        hint="or give --encoding",
    ),
    "no_encoding_fits": T(
        "not UTF-8, and not text in any of {known}; save it as UTF-8",
        "не UTF-8 и не текст ни в одной из кодировок: {known}; сохраните файл в UTF-8",
        "UTF-8 емес және мына кодтаулардың ешқайсысында мәтін емес: {known}; файлды UTF-8 түрінде сақтаңыз",
        hint="or give --encoding",
    ),
    "encodings_fit": T(
        "not UTF-8, and {known} all fit; open it, see which one reads right, and name that encoding",
        "не UTF-8, а подходят сразу несколько: {known}; откройте файл, посмотрите, где текст верен, и назовите кодировку",
        "UTF-8 емес, ал бірнешеуі сай келеді: {known}; файлды ашып, қайсысында мәтін дұрыс екенін қарап, кодтауын атаңыз",
        hint="give --encoding",
    ),
}
