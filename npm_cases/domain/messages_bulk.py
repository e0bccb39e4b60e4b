"""What is said when something cannot be done to many cases at once, when nobody can be reminded, or of a file given to import."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "no_case_chosen": T(
        "choose at least one case",
        "выберите хотя бы одно дело",
        "кемінде бір істі таңдаңыз",
    ),
    "too_many_chosen": T(
        "{count} cases were chosen, {most} at most at once; choose fewer",
        "выбрано дел: {count}, за один раз можно не более {most}; выберите меньше",
        "{count} іс таңдалды, бір жолы ең көбі {most}; азырақ таңдаңыз",
    ),
    "nothing_owed_outside": T(
        "no body outside owes anything in case {number} now, so nobody is reminded",
        "по делу {number} сейчас никто вне ведомства ничего не должен, поэтому напоминать некому",
        "{number} ісі бойынша қазір сырттағы ешкімнің міндеті жоқ, сондықтан ешкімге еске салынбайды",
    ),
    "reminded_today": T(
        "everybody who would be reminded in case {number} was written to today already; try again on another day",
        "по делу {number} всем, кому следовало бы напомнить, сегодня уже написали; повторите в другой день",
        "{number} ісі бойынша еске салынатындардың бәріне бүгін жазылып қойған; басқа күні қайталаңыз",
    ),
    "all_shut_out": T(
        "everybody who would be reminded is kept from case {number}; name somebody independent who is told of it",
        "все, кому следовало бы напомнить, не допущены к делу {number}; назначьте независимое лицо, которое будут извещать",
        "еске салынуға тиістілердің ешқайсысы {number} ісіне жіберілмейді; хабардар етілетін тәуелсіз адамды тағайындаңыз",
    ),
    "upload_gone": T(
        "this file is not kept any more: it was imported, or it was given more than {minutes} minutes ago; give it again",
        "этот файл больше не хранится: он уже импортирован или передан более {minutes} минут назад; передайте его снова",
        "бұл файл енді сақталмайды: ол импортталған немесе {minutes} минуттан бұрын берілген; оны қайта беріңіз",
    ),
    "upload_other": T(
        "this is not the file whose rows were shown; look at it again before you import it",
        "это не тот файл, строки которого были показаны; просмотрите его снова перед импортом",
        "бұл жолдары көрсетілген файл емес; импорттамас бұрын оны қайта қараңыз",
    ),
    "upload_too_large": T(
        "{name} is larger than {most}, the most a page takes; ask for it to be imported on the command line",
        "{name} больше {most}, страница принимает не более; попросите импортировать его из командной строки",
        "{name} {most} шегінен үлкен, бет одан артығын қабылдамайды; оны пәрмен жолынан импорттауды сұраңыз",
    ),
    "no_row_mended": T(
        "no row was left in; keep at least one to try again",
        "не оставлено ни одной строки; оставьте хотя бы одну, чтобы попробовать снова",
        "бірде-бір жол қалдырылмады; қайта көру үшін кемінде біреуін қалдырыңыз",
    ),
}
