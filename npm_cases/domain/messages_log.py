"""What is said when the history, the log, a checkpoint or an export of them cannot be as asked."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "log_outruns": T(
        "events come in faster than the log gives them places: nothing was exported, try again",
        "события приходят быстрее, чем журнал успевает их пронумеровать: ничего не выгружено, попробуйте снова",
        "оқиғалар журнал оларды нөмірлеп үлгергенше тезірек келіп жатыр: ештеңе жүктелген жоқ, қайта көріңіз",
    ),
    "open_text_of_one_case": T(
        "open is for one case at a time; name the case",
        "открытый текст выгружают только по одному делу; укажите дело",
        "ашық мәтін тек бір іс бойынша жүктеледі; істі көрсетіңіз",
        hint="name it with --case",
    ),
    "nothing_signed": T(
        "nothing was signed yet: a checkpoint comes first, then the export",
        "ещё ничего не подписано: сначала нужна контрольная отметка, потом выгрузка",
        "әзірге ештеңеге қол қойылған жоқ: алдымен бақылау белгісі, содан кейін жинақ жасалады",
        hint="run `npm-cases audit checkpoint` first, then export",
    ),
    "newer_than_checkpoint": T(
        "some events are newer than the newest checkpoint: a new checkpoint comes first, then the export",
        "часть событий новее последней контрольной отметки: сначала нужна новая отметка, потом выгрузка",
        "кейбір оқиғалар соңғы бақылау белгісінен жаңарақ: алдымен жаңа белгі, содан кейін жинақ жасалады",
        hint="run `npm-cases audit checkpoint`, then export",
    ),
    "event_newer_than_checkpoint": T(
        "this event is newer than the newest checkpoint: a new checkpoint comes first",
        "это событие новее последней контрольной отметки: сначала нужна новая отметка",
        "бұл оқиға соңғы бақылау белгісінен жаңарақ: алдымен жаңа белгі керек",
        hint="run `npm-cases audit checkpoint` first",
    ),
    "history_does_not_hold": T(
        "event {seq} of this history does not hold: {wrong}; keep everything and have it verified",
        "событие {seq} этой истории не сходится с ней: {wrong}; сохраните всё и проверьте историю",
        "осы тарихтың {seq}-оқиғасы тарихпен сәйкес келмейді: {wrong}; бәрін сақтап, тарихты тексеріңіз",
        hint="run `npm-cases audit verify`",
    ),
    "log_cut_off": T(
        "the last checkpoint is of {signed} entries, the log has {size}: entries were cut off, or a checkpoint was slipped "
        "in; keep everything and call the auditor",
        "в последней контрольной отметке {signed} записей, а в журнале {size}: записи отрезаны или отметку подложили; "
        "сохраните всё и позовите аудитора",
        "соңғы бақылау белгісінде {signed} жазба, ал журналда {size}: жазбалар кесіліп алынған немесе белгі жалған; бәрін "
        "сақтап, аудиторды шақырыңыз",
    ),
    "signer_ahead": T(
        "the signer has signed {signed} entries, the log has {size}: entries were cut off, or an old copy of the database "
        "was put in place; keep everything and call the auditor",
        "подписывающая программа подписала {signed} записей, а в журнале {size}: записи отрезаны или поставлена старая "
        "копия базы; сохраните всё и позовите аудитора",
        "қол қоюшы бағдарлама {signed} жазбаға қол қойған, ал журналда {size}: жазбалар кесіліп алынған немесе "
        "дерекқордың ескі көшірмесі қойылған; бәрін сақтап, аудиторды шақырыңыз",
        hint="a restore on purpose is declared with `npm-cases audit declare-restore`",
    ),
    "checkpoint_meanwhile": T(
        "another program made a checkpoint at the same time; try again",
        "другая программа сделала контрольную отметку в то же время; попробуйте снова",
        "дәл осы уақытта басқа бағдарлама бақылау белгісін жасады; қайта көріңіз",
    ),
    "nothing_to_prove_from": T(
        "the log had {size} entries at this checkpoint; nothing can be proved from {old} on",
        "на этой контрольной отметке в журнале было {size} записей; начиная с {old} доказать ничего нельзя",
        "осы бақылау белгісінде журналда {size} жазба болған; {old} бастап ештеңені дәлелдеуге болмайды",
    ),
    "signature_does_not_hold": T(
        "the signer's answer does not hold: {wrong}; it was not kept",
        "ответ подписывающей программы неверен: {wrong}; он не сохранён",
        "қол қоюшы бағдарламаның жауабы дұрыс емес: {wrong}; ол сақталған жоқ",
    ),
    "signed_another": T(
        "the signer signed another checkpoint (size {size}); it was not kept",
        "подписывающая программа подписала другую отметку ({size} записей); она не сохранена",
        "қол қоюшы бағдарлама басқа белгіге қол қойды ({size} жазба); ол сақталған жоқ",
    ),
    "cosignature_unreadable": T(
        "the cosigned checkpoint cannot be taken: {wrong}",
        "отметку с подписями свидетелей принять нельзя: {wrong}",
        "куәгерлер қол қойған белгіні қабылдауға болмайды: {wrong}",
    ),
    "no_witness_signed": T(
        "none of the witness keys given signed a checkpoint of this log with a line of this file",
        "ни один из указанных ключей свидетелей не подписал отметку этого журнала строкой из этого файла",
        "көрсетілген куәгер кілттерінің ешқайсысы осы журналдың белгісіне осы файлдағы жолмен қол қоймаған",
    ),
    "event_removed": T(
        "the log has no event {seq} of {chain}, yet a receipt for it was given: it was removed; keep the receipt",
        "в журнале нет события {seq} истории {chain}, хотя квитанция на него выдана: его удалили; сохраните квитанцию",
        "журналда {chain} тарихының {seq}-оқиғасы жоқ, бірақ оған түбіртек берілген: ол алып тасталған; түбіртекті сақтаңыз",
    ),
    "no_such_event": T(
        "there is no event {seq} of {chain} in the log",
        "в журнале нет события {seq} истории {chain}",
        "журналда {chain} тарихының {seq}-оқиғасы жоқ",
    ),
    "event_replaced": T(
        "event {seq} of {chain} is another one than the receipt names: it was replaced; keep the receipt",
        "событие {seq} истории {chain} не то, что названо в квитанции: его подменили; сохраните квитанцию",
        "{chain} тарихының {seq}-оқиғасы түбіртекте аталғаны емес: ол ауыстырылған; түбіртекті сақтаңыз",
    ),
    "nothing_lost": T(
        "the log has all {size} entries of the last signed checkpoint: nothing was lost",
        "в журнале есть все записи последней подписанной отметки ({size}): ничего не потеряно",
        "журналда соңғы қол қойылған белгінің барлық жазбасы бар ({size}): ештеңе жоғалмаған",
    ),
    "no_such_trouble": T(
        "a run in trouble is told by a kind, the name of its flow and its id",
        "о сбое запуска сообщают вид, имя потока и номер запуска",
        "іске қосудың ақауы туралы оның түрі, ағынның аты және іске қосу нөмірі арқылы хабарланады",
    ),
}
