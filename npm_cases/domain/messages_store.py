"""What is said when the database, the disk or the store of keys does not give or take what was asked."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "database_unreachable": T(
        "the database cannot be reached: {wrong}; check that it runs, then try again",
        "база данных недоступна ({wrong}); проверьте, что она работает, и попробуйте снова",
        "дерекқорға қосылу мүмкін емес ({wrong}); оның жұмыс істеп тұрғанын тексеріп, қайта көріңіз",
    ),
    "server_unreachable": T(
        "the database server cannot be reached ({wrong}): nothing was changed, try again",
        "сервер базы данных недоступен ({wrong}): ничего не изменено, попробуйте снова",
        "дерекқор серверіне қосылу мүмкін емес ({wrong}): ештеңе өзгерген жоқ, қайта көріңіз",
    ),
    "server_hung_up": T(
        "the database server ended the connection ({wrong}): nothing was changed, try again",
        "сервер базы данных оборвал соединение ({wrong}): ничего не изменено, попробуйте снова",
        "дерекқор сервері байланысты үзді ({wrong}): ештеңе өзгерген жоқ, қайта көріңіз",
    ),
    "outcome_unknown": T(
        "the database server did not answer ({wrong}): it may be done or not; look before you do it again",
        "сервер базы данных не ответил ({wrong}): действие могло выполниться, а могло и нет; проверьте, прежде чем повторить",
        "дерекқор сервері жауап бермеді ({wrong}): әрекет орындалған да, орындалмаған да болуы мүмкін; қайталамас бұрын тексеріңіз",
    ),
    "in_each_others_way": T(
        "another act on the same rows came first: nothing was changed, try again",
        "раньше успело другое действие над теми же данными: ничего не изменено, попробуйте снова",
        "сол деректерге қатысты басқа әрекет бұрын үлгерді: ештеңе өзгерген жоқ, қайта көріңіз",
    ),
    "database_locked": T(
        "another program is writing to the database and did not finish in time: nothing was changed, try again",
        "другая программа пишет в базу данных и не успела закончить: ничего не изменено, попробуйте снова",
        "басқа бағдарлама дерекқорға жазып жатыр және уақытында аяқтамады: ештеңе өзгерген жоқ, қайта көріңіз",
    ),
    "recorded_by_another": T(
        "somebody else recorded the same thing first: nothing was changed; look again and decide anew",
        "кто-то другой уже записал то же самое: ничего не изменено; посмотрите ещё раз и решите заново",
        "басқа біреу дәл осыны бұрын жазып қойды: ештеңе өзгерген жоқ; қайта қарап, қайта шешіңіз",
    ),
    "history_not_bent": T(
        "the database refused to bend the history ({wrong}): nothing was changed; call the auditor",
        "база данных не дала исказить историю ({wrong}): ничего не изменено; позовите аудитора",
        "дерекқор тарихты бұрмалауға жол бермеді ({wrong}): ештеңе өзгерген жоқ; аудиторды шақырыңыз",
    ),
    "disk_full": T(
        "the disk is full or failing ({wrong}): nothing was written; make room, then try again",
        "диск заполнен или неисправен ({wrong}): ничего не записано; освободите место и попробуйте снова",
        "диск толған немесе ақаулы ({wrong}): ештеңе жазылған жоқ; орын босатып, қайта көріңіз",
    ),
    "value_not_storable": T(
        "a value cannot be stored: {wrong}",
        "значение нельзя сохранить: {wrong}",
        "мәнді сақтау мүмкін емес: {wrong}",
    ),
    "not_stored": T(
        "the document could not be stored ({wrong}): nothing was recorded",
        "документ не удалось сохранить ({wrong}): ничего не записано",
        "құжатты сақтау мүмкін болмады ({wrong}): ештеңе жазылған жоқ",
    ),
    "file_missing": T(
        "the file of document {document} is missing from the documents folder",
        "файла документа {document} нет в папке документов",
        "{document} құжатының файлы құжаттар қалтасында жоқ",
    ),
    "file_changed": T(
        "the file of document {document} was changed; keep it and call the auditor",
        "файл документа {document} изменён; сохраните его и позовите аудитора",
        "{document} құжатының файлы өзгертілген; оны сақтап, аудиторды шақырыңыз",
    ),
    "no_sealed_document": T(
        "the file is no sealed document of this program; keep it and call the auditor",
        "файл не запечатан этой программой; сохраните его и позовите аудитора",
        "файлды бұл бағдарлама мөрлемеген; оны сақтап, аудиторды шақырыңыз",
    ),
    "sealed_elsewhere": T(
        "the document was not sealed under the key of this case; keep it and call the auditor",
        "документ запечатан не ключом этого дела; сохраните его и позовите аудитора",
        "құжат осы істің кілтімен мөрленбеген; оны сақтап, аудиторды шақырыңыз",
    ),
    "chunk_does_not_open": T(
        "chunk {number} of the document does not open where it stands; keep the file and call the auditor",
        "часть {number} документа не открывается на своём месте; сохраните файл и позовите аудитора",
        "құжаттың {number}-бөлігі өз орнында ашылмайды; файлды сақтап, аудиторды шақырыңыз",
    ),
    "wrapping_key_changed": T(
        "the wrapping key was changed a moment ago: nothing was recorded, try again",
        "ключ шифрования ключей только что сменили: ничего не записано, попробуйте снова",
        "кілттерді шифрлау кілті жаңа ғана ауыстырылды: ештеңе жазылған жоқ, қайта көріңіз",
    ),
    "bytes_do_not_open": T(
        "{what}: the stored bytes do not open under their key; keep them and call the auditor",
        "{what}: сохранённые данные не открываются своим ключом; сохраните их и позовите аудитора",
        "{what}: сақталған деректер өз кілтімен ашылмайды; оларды сақтап, аудиторды шақырыңыз",
    ),
    "name_key_gone": T(
        "the key of the name index is gone from the key store; put the store back",
        "в хранилище ключей нет ключа указателя имён; верните хранилище на место",
        "кілттер қоймасында есімдер көрсеткішінің кілті жоқ; қойманы орнына қойыңыз",
    ),
}
