"""What is said of lists that cannot be as asked."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "no_place_in_list": T(
        "this is no place in a list; begin again at the first page",
        "такого места в списке нет; начните снова с первой страницы",
        "тізімде мұндай орын жоқ; бірінші беттен қайта бастаңыз",
    ),
    "place_in_other_order": T(
        "this place belongs to a list in another order; begin again at the first page",
        "это место из списка в другом порядке; начните снова с первой страницы",
        "бұл орын басқа ретпен тұрған тізімнен; бірінші беттен қайта бастаңыз",
    ),
    "no_page_of_rows": T(
        "{given} rows are no page; give 1 to {most}",
        "{given}: столько строк на странице быть не может; укажите от 1 до {most}",
        "{given}: бетте мұнша жол бола алмайды; 1 мен {most} арасын көрсетіңіз",
    ),
    "signs_of_no_text": T(
        "it holds signs that no text has; write it anew",
        "в нём знаки, которых не бывает в тексте; напишите заново",
        "онда мәтінде болмайтын таңбалар бар; қайта жазыңыз",
    ),
    "nothing_to_look_for": T(
        "{given} holds no letter and no digit to look for",
        "{given}: нет ни буквы, ни цифры, которые можно искать",
        "{given}: іздейтін әріп те, цифр да жоқ",
    ),
    "words_too_many": T(
        "{count} words are too many; give at most {most}, the rarest are enough",
        "слов {count}, это слишком много; укажите не больше {most}, достаточно самых редких",
        "сөз саны {count}, бұл тым көп; {most} сөзден асырмаңыз, ең сирегі жеткілікті",
    ),
}
