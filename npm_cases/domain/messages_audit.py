"""What is said when an auditor asks for something that cannot be shown, read or gone through on a page."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "no_checkpoint": T(
        "there is no checkpoint {number}",
        "контрольной отметки {number} нет",
        "{number}-бақылау белгісі жоқ",
    ),
    "log_too_long": T(
        "the log has {size} entries, and a page goes through {most} at most, so that others need not wait; this is done "
        "on the command line, in a process of its own",
        "в журнале {size} записей, а на странице можно пройти не более {most}, чтобы другим не пришлось ждать; это делают "
        "в командной строке, отдельной программой",
        "журналда {size} жазба бар, ал бетте ең көбі {most} жазбаны өтуге болады, әйтпесе басқалар күтіп қалады; мұны "
        "пәрмен жолында, бөлек бағдарламамен жасайды",
        hint="`npm-cases audit verify --jobs 2`, `npm-cases audit as-of`",
    ),
    "trust_unreadable": T(
        "what you brought cannot be used: {wrong}",
        "то, что вы принесли, использовать нельзя: {wrong}",
        "сіз әкелген нәрсені пайдалануға болмайды: {wrong}",
    ),
    "event_number_needed": T(
        "give the number of the event in the history of the case, 1 or more",
        "укажите номер события в истории дела, начиная с 1",
        "іс тарихындағы оқиғаның нөмірін көрсетіңіз, 1-ден бастап",
    ),
}
