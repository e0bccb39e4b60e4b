"""What is said of files: documents that cannot be taken or opened, and rows and files that cannot be imported."""

from npm_cases.domain.message_entry import Entry as T

_TAKEN_EN = (
    "documents are PDF, pictures (PNG, JPEG, TIFF, WebP), plain text (UTF-8), docx, xlsx, pptx, odt, ods, e-mail (eml) and recordings "
    "(MP3, MP4, M4A, OGG, WAV)"
)
_TAKEN_RU = (
    "подойдут PDF, изображения (PNG, JPEG, TIFF, WebP), простой текст (UTF-8), docx, xlsx, pptx, odt, ods, письма (eml) и записи "
    "(MP3, MP4, M4A, OGG, WAV)"
)
_TAKEN_KK = (
    "қабылданатындары: PDF, суреттер (PNG, JPEG, TIFF, WebP), қарапайым мәтін (UTF-8), docx, xlsx, pptx, odt, ods, электрондық "
    "хат (eml) және жазбалар (MP3, MP4, M4A, OGG, WAV)"
)

SENTENCES = {
    "kind_not_taken": T(
        f"{{name}}: a file with this content is not kept; {_TAKEN_EN}",
        f"{{name}}: файл с таким содержимым не принимается; {_TAKEN_RU}",
        f"{{name}}: мазмұны мұндай файл қабылданбайды; {_TAKEN_KK}",
    ),
    "old_office_file": T(
        "{name}: an Office file of the old kind (doc, xls, ppt) can hide programs; save it as docx, xlsx, pptx or PDF",
        "{name}: файл Office старого вида (doc, xls, ppt) может скрывать программы; сохраните его как docx, xlsx, pptx "
        "или PDF",
        "{name}: ескі түрдегі Office файлы (doc, xls, ppt) бағдарламаларды жасыруы мүмкін; оны docx, xlsx, pptx немесе "
        "PDF түрінде сақтаңыз",
    ),
    "file_has_macros": T(
        "{name}: the file holds macros or embedded programs; save it without them, or as PDF",
        "{name}: в файле есть макросы или вложенные программы; сохраните его без них или как PDF",
        "{name}: файлда макростар немесе енгізілген бағдарламалар бар; оларсыз немесе PDF түрінде сақтаңыз",
    ),
    "file_encrypted": T(
        "{name}: the file is locked with a password; save it without one",
        "{name}: файл закрыт паролем; сохраните его без пароля",
        "{name}: файл құпиясөзбен жабылған; оны құпиясөзсіз сақтаңыз",
    ),
    "archive_broken": T(
        "{name}: the file is broken off or damaged; save it again and add it once more",
        "{name}: файл оборван или повреждён; сохраните его заново и добавьте ещё раз",
        "{name}: файл үзілген немесе бүлінген; оны қайта сақтап, тағы бір рет қосыңыз",
    ),
    "archive_too_large": T(
        "{name}: unpacked, the file would be far larger than it is; save it again, or as PDF",
        "{name}: в распакованном виде файл намного больше, чем есть; сохраните его заново или как PDF",
        "{name}: ашылғанда файл қазіргісінен әлдеқайда үлкен болады; оны қайта немесе PDF түрінде сақтаңыз",
    ),
    "file_empty": T("{name}: the file is empty", "{name}: файл пуст", "{name}: файл бос"),
    "file_too_large": T(
        "{name}: a document has at most {most}",
        "{name}: документ может занимать не более {most}",
        "{name}: құжат {most} аспауы керек",
    ),
    "key_changed": T(
        "the key of {number} changed a moment ago: nothing was recorded, try again",
        "ключ дела {number} только что изменился: ничего не записано, попробуйте снова",
        "{number} ісінің кілті жаңа ғана өзгерді: ештеңе жазылған жоқ, қайта көріңіз",
    ),
    "no_document": T(
        "{number} has no document {given}",
        "в деле {number} нет документа {given}",
        "{number} ісінде {given} құжаты жоқ",
        hint="`npm-cases case show` lists them",
    ),
    "no_document_here": T(
        "the case has no document {given}; add it first",
        "в деле нет документа {given}; сначала добавьте его",
        "істе {given} құжаты жоқ; алдымен оны қосыңыз",
        hint="with `npm-cases case document`",
    ),
    "in_published_row": T(
        "published row {line}, field {column}: {why}",
        "опубликованная строка {line}, поле {column}: {why}",
        "жарияланған {line}-жол, {column} өрісі: {why}",
    ),
    "same_key_in_file": T(
        "another row of this file has the same key and other content",
        "в этом файле есть другая строка с тем же ключом и иным содержанием",
        "осы файлда кілті бірдей, бірақ мазмұны басқа жол бар",
    ),
}
