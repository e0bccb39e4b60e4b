"""What is said to browsers and programs at the door: where a form came from, what a token opens."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "foreign_form": T(
        "this form was sent from another site; open the page here and send it again",
        "эта форма отправлена с другого сайта; откройте страницу здесь и отправьте снова",
        "бұл нысан басқа сайттан жіберілген; бетті осында ашып, қайта жіберіңіз",
    ),
    "form_of_another": T(
        "this form belongs to another sign-in; open the page again and send it once more",
        "эта форма относится к другому входу; откройте страницу снова и отправьте ещё раз",
        "бұл нысан басқа кіруге тиесілі; бетті қайта ашып, тағы бір рет жіберіңіз",
    ),
    "bearer_needed": T(
        "give an API token in the header Authorization: Bearer …; people make theirs on the page of their account",
        "передайте токен API в заголовке Authorization: Bearer …; каждый создаёт свой на странице учётной записи",
        "API токенін Authorization: Bearer … тақырыбында беріңіз; әркім өзінікін тіркелгі бетінде жасайды",
    ),
    "scope_missing": T(
        "this token is not for that: it lacks the scope {scope}; make one that has it",
        "этот токен не для этого: ему не хватает права {scope}; создайте токен с ним",
        "бұл токен ол үшін емес: онда {scope} құқығы жоқ; сол құқығы бар токен жасаңыз",
    ),
    "no_machine": T(
        "there is no machine {given}; there are {known}",
        "нет процесса {given}; есть {known}",
        "{given} процесі жоқ; мыналар бар: {known}",
    ),
    "rule_not_in_force": T(
        "{rule} is not in force on {day}",
        "правило {rule} не действует на {day}",
        "{rule} ережесі {day} күні қолданылмайды",
    ),
    "no_act_here": T(
        "there is no such act on this case",
        "такого действия в этом деле нет",
        "бұл істе мұндай әрекет жоқ",
    ),
    "not_possible_now": T("it is not possible now", "сейчас это невозможно", "қазір бұл мүмкін емес"),
    "no_kind": T(
        "a case is a recommendation or an allegation",
        "дело — это рекомендация или сообщение о пытках",
        "іс — ұсыным немесе азаптау туралы хабар",
    ),
    "no_time": T(
        "{given} is no time; choose a day and a time",
        "{given} — не время; выберите день и время",
        "{given} уақыт емес; күн мен уақытты таңдаңыз",
    ),
    "not_of_the_team": T(
        "{user} has {number}: ask them, or have the case given to you; the protected text of an allegation is for its team",
        "дело {number} ведёт {user}: обратитесь к нему или попросите передать дело вам; защищённый текст сообщения открыт "
        "только его команде",
        "{number} ісін {user} жүргізеді: соған хабарласыңыз немесе істі сізге тапсыруды сұраңыз; хабардың қорғалған мәтіні "
        "оның тобына ғана ашық",
    ),
    "too_many_to_simulate": T(
        "there are more than {most} cases: a page cannot simulate them",
        "дел больше {most}: страница не может их имитировать",
        "істер {most} санынан көп: бет оларды имитациялай алмайды",
        hint="`npm-cases simulate --until DATE` does",
    ),
    "simulation_runs": T(
        "another simulation runs at this moment; try again in a minute",
        "сейчас идёт другая имитация; повторите через минуту",
        "қазір басқа имитация жүріп жатыр; бір минуттан кейін қайталаңыз",
    ),
    "whole_log_for_all_sight": T(
        "the whole log holds every case: it is exported by somebody from whom no case is kept; export cases one by one",
        "весь журнал содержит все дела: его выгружает тот, от кого не скрыто ни одно дело; выгружайте дела по одному",
        "бүкіл журналда барлық істер бар: оны ешбір іс жасырылмаған адам жүктейді; істерді бір-бірлеп жүктеңіз",
    ),
    "confirm_in_the_browser": T(
        "an erasure is confirmed on its page, with a fresh second factor",
        "уничтожение подтверждают на его странице со свежим вторым фактором",
        "жою оның бетінде жаңа екінші фактормен расталады",
    ),
    "assignee_cannot_see": T(
        "{user} does not see this case or does no casework: give it to somebody who does",
        "{user} не видит это дело или не ведёт дела: поручите его тому, кто может",
        "{user} бұл істі көрмейді немесе іс жүргізбейді: оны жүргізе алатын адамға тапсырыңыз",
    ),
    "row_not_yours": T(
        "this row is about a case or a region that is not yours",
        "эта строка о деле или регионе, которые вам недоступны",
        "бұл жол сізге қолжетімсіз іс немесе өңір туралы",
    ),
    "unknown_scopes": T(
        "there is no scope {given}; there are {known}",
        "права {given} нет; есть {known}",
        "{given} құқығы жоқ; мыналар бар: {known}",
    ),
    "token_too_long": T(
        "a token holds for a year at most",
        "токен действует не дольше года",
        "токен бір жылдан артық жарамайды",
    ),
    "file_needed": T("choose a file first", "сначала выберите файл", "алдымен файлды таңдаңыз"),
}
