"""What is said when an office is not copied, a backup not made, or one not taken for whole."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "copy_differs": T(
        "what was written is not what was read ({tables}): nothing of the copy was kept, the original is untouched",
        "записано не то, что было прочитано ({tables}): от копии ничего не осталось, оригинал не тронут",
        "жазылғаны оқылғанмен бірдей емес ({tables}): көшірмеден ештеңе сақталған жоқ, түпнұсқаға қол тиген жоқ",
    ),
    "copy_does_not_verify": T(
        "the copy does not verify, {count} findings, the first: {first}; nothing of it was kept, the original is untouched",
        "копия не проходит проверку, замечаний: {count}, первое: {first}; от неё ничего не осталось, оригинал не тронут",
        "көшірме тексеруден өтпеді, ескертулер саны: {count}, біріншісі: {first}; одан ештеңе сақталған жоқ, түпнұсқаға "
        "қол тиген жоқ",
        hint="have the original verified: `npm-cases audit verify`",
    ),
    "no_database_url": T(
        "this is no address of a database; write it as postgresql+psycopg://owner@host/name or sqlite:////folder/cases.db",
        "это не адрес базы данных; его пишут так: postgresql+psycopg://owner@host/name или sqlite:////folder/cases.db",
        "бұл дерекқордың мекенжайы емес; ол былай жазылады: postgresql+psycopg://owner@host/name немесе "
        "sqlite:////folder/cases.db",
    ),
    "target_not_empty": T(
        "{target} is not empty: nothing was changed; an office is put only where nothing is",
        "{target}: здесь уже что-то есть; ничего не изменено, данные переносят только на пустое место",
        "{target}: мұнда бірдеңе бар; ештеңе өзгерген жоқ, деректер тек бос жерге көшіріледі",
    ),
    "target_is_this_office": T(
        "{target} holds this very office, or a copy of it: nothing was changed",
        "{target}: здесь эти же данные или их копия; ничего не изменено",
        "{target}: мұнда дәл осы деректер немесе олардың көшірмесі бар; ештеңе өзгерген жоқ",
    ),
    "target_of_another_revision": T(
        "{target} is at revision {found} of the tables, this program writes {ours}: nothing was changed",
        "{target}: версия таблиц {found}, а эта программа пишет версию {ours}; ничего не изменено",
        "{target}: кестелердің нұсқасы {found}, ал бұл бағдарлама {ours} нұсқасын жазады; ештеңе өзгерген жоқ",
    ),
    "rows_of_a_newer_revision": T(
        "the tables are at revision {found}, and this program knows them as of {ours}: a copy by it would leave something "
        "out, so nothing was copied; run the newer program",
        "версия таблиц {found}, а эта программа знает версию {ours}: её копия была бы неполной, поэтому ничего не "
        "скопировано; запустите новую программу",
        "кестелердің нұсқасы {found}, ал бұл бағдарлама {ours} нұсқасын біледі: оның көшірмесі толық болмас еді, сондықтан "
        "ештеңе көшірілген жоқ; жаңа бағдарламаны іске қосыңыз",
    ),
    "backup_there": T(
        "{folder} is there already; give every backup a folder of its own",
        "папка {folder} уже есть; для каждой копии нужна своя папка",
        "{folder} қалтасы бұрыннан бар; әр көшірмеге өз қалтасы керек",
    ),
    "backup_not_written": T(
        "the backup could not be written to {folder} ({wrong}): make room, then try again",
        "копию не удалось записать в {folder} ({wrong}): освободите место и попробуйте снова",
        "көшірмені {folder} қалтасына жазу мүмкін болмады ({wrong}): орын босатып, қайта көріңіз",
    ),
    "backup_not_unpacked": T(
        "the backup could not be unpacked ({wrong}): nothing was changed, make room, then try again",
        "копию не удалось распаковать ({wrong}): ничего не изменено, освободите место и попробуйте снова",
        "көшірмені ашу мүмкін болмады ({wrong}): ештеңе өзгерген жоқ, орын босатып, қайта көріңіз",
    ),
    "keys_among_cases": T(
        "keys lie among the cases, from an older version: no backup is made that holds keys",
        "среди дел лежат ключи, оставшиеся от старой версии: копия с ключами не делается",
        "істердің арасында ескі нұсқадан қалған кілттер жатыр: кілттері бар көшірме жасалмайды",
        hint="run `npm-cases init`, which moves them into the key store",
    ),
    "not_a_backup": T(
        "{folder} is no whole backup: it has no manifest that can be read, so it broke off or is something else",
        "{folder} не является целой копией: в ней нет читаемой описи, значит она оборвалась или это что-то другое",
        "{folder} толық көшірме емес: онда оқылатын тізімдеме жоқ, демек ол үзіліп қалған немесе басқа нәрсе",
    ),
    "manifest_changed": T(
        "the manifest in {folder} is not the one that was written; take another backup and keep this one for the auditor",
        "опись в {folder} не та, что была записана; возьмите другую копию, а эту сохраните для аудитора",
        "{folder} ішіндегі тізімдеме жазылғандай емес; басқа көшірмені алып, мұны аудитор үшін сақтаңыз",
    ),
    "backup_format_unknown": T(
        "the backup has the format {found}, which this version of the program does not read",
        "у копии формат {found}, который эта версия программы не читает",
        "көшірменің пішімі {found}, бағдарламаның бұл нұсқасы оны оқымайды",
    ),
    "backup_file_changed": T(
        "the file {file} of the backup {wrong}; take another backup and keep this one for the auditor",
        "файл копии {file}: {wrong}; возьмите другую копию, а эту сохраните для аудитора",
        "көшірменің {file} файлы: {wrong}; басқа көшірмені алып, мұны аудитор үшін сақтаңыз",
    ),
    "file_is_missing": T(
        "is missing or cannot be read",
        "его нет или он не читается",
        "ол жоқ немесе оқылмайды",
    ),
    "file_has_other_size": T(
        "has {found} bytes instead of {wanted}",
        "в нём {found} байт вместо {wanted}",
        "онда {wanted} емес, {found} байт бар",
    ),
    "file_has_other_bytes": T(
        "holds other bytes than were written",
        "в нём не те данные, что были записаны",
        "ондағы деректер жазылғандай емес",
    ),
    "backup_database_broken": T(
        "the database in the backup is damaged: {wrong}",
        "база данных в копии повреждена: {wrong}",
        "көшірмедегі дерекқор бүлінген: {wrong}",
    ),
    "backup_is_newer": T(
        "the backup was made by a newer version of this program (revision {found} of the tables, this one knows {ours}): "
        "bring the program up to date first",
        "копия сделана более новой версией программы (версия таблиц {found}, а эта знает {ours}): сначала обновите программу",
        "көшірме бағдарламаның жаңарақ нұсқасымен жасалған (кестелер нұсқасы {found}, ал бұл {ours} дейін біледі): алдымен "
        "бағдарламаны жаңартыңыз",
    ),
    "backup_says_otherwise": T(
        "the manifest says {said} of {what}, the backup itself says {found}: parts of different backups lie together",
        "по описи {what}: {said}, а в самой копии: {found}; здесь смешаны части разных копий",
        "тізімдемеде {what}: {said}, ал көшірменің өзінде: {found}; мұнда әртүрлі көшірмелердің бөліктері араласқан",
    ),
    "backup_of_another_office": T(
        "the backup is of the log {found}, {here} is of {ours}: it is the backup of another office",
        "копия относится к журналу {found}, а {here}: к журналу {ours}; это копия других данных",
        "көшірме {found} журналынікі, ал {here}: {ours} журналынікі; бұл басқа деректердің көшірмесі",
    ),
    "this_installation": T("this installation", "эта установка", "осы орнату"),
    "the_signer_here": T("the signer here", "здешняя подписывающая программа", "мұндағы қол қоюшы бағдарлама"),
    "backup_of_another_country": T(
        "the backup was made with the country pack {found}, the settings name {ours}",
        "копия сделана с набором правил страны {found}, а в настройках указан {ours}",
        "көшірме {found} елінің ережелерімен жасалған, ал баптауларда {ours} көрсетілген",
        hint="set NPM_CASES_COUNTRY",
    ),
    "backup_does_not_verify": T(
        "the history in the backup does not hold, {count} findings, the first: {first}; keep it for the auditor",
        "история в копии не сходится, замечаний: {count}, первое: {first}; сохраните её для аудитора",
        "көшірмедегі тарих сәйкес келмейді, ескертулер саны: {count}, біріншісі: {first}; оны аудитор үшін сақтаңыз",
    ),
    "wrong_wrapping_key": T(
        "the wrapping key here is not the one that opens the key store: put its own beside it",
        "ключ шифрования ключей здесь не тот, что открывает хранилище: положите рядом с ним его собственный",
        "мұндағы кілттерді шифрлау кілті қойманы ашатын кілт емес: оның қасына өз кілтін қойыңыз",
    ),
    "backup_keys_do_not_open": T(
        "{count} of {all} keys of cases in this backup do not open: the key store or the wrapping key is another's",
        "{count} из {all} ключей дел этой копии не открываются: хранилище или ключ шифрования ключей не от неё",
        "осы көшірмедегі {all} іс кілтінің {count} кілті ашылмайды: қойма немесе кілттерді шифрлау кілті оныкі емес",
    ),
    "backup_keys_missing": T(
        "{count} of {all} cases with protected text have no key in this key store: it is another's, it is older than the "
        "backup, or those cases were erased after the backup was made",
        "для {count} из {all} дел с защищённым текстом в этом хранилище нет ключа: оно чужое, старше копии, или эти дела "
        "уничтожены после неё",
        "қорғалған мәтіні бар {all} істің {count} ісі үшін бұл қоймада кілт жоқ: ол бөтен, көшірмеден ескі немесе ол істер "
        "көшірмеден кейін жойылған",
        hint="look for a newer backup of the key store; if there is none, restore with --without-keys {count}",
    ),
    "database_is_there": T(
        "there is a database, or what is left of one, at {where}: nothing was changed; a backup is restored only where "
        "there is none, so move it aside first",
        "здесь уже есть база данных или её остатки: {where}; ничего не изменено. Копию восстанавливают только там, где "
        "базы нет: сначала уберите её",
        "мұнда дерекқор немесе оның қалдығы бар: {where}; ештеңе өзгерген жоқ. Көшірме дерекқор жоқ жерге ғана "
        "қалпына келтіріледі: алдымен оны алып қойыңыз",
    ),
}
