"""What is said when people cannot get in, change, be absent, or keep something; of signing in it is one sentence for all."""

from npm_cases.domain.message_entry import Entry as T

SENTENCES = {
    "sign_in_failed": T(
        "signing in did not work: the name, the password or the code is not right, or it is closed for a while after too "
        "many tries; wait for the next code and try again, or ask an administrator",
        "войти не удалось: неверны имя, пароль или код, или вход на время закрыт после слишком многих попыток; дождитесь "
        "следующего кода и попробуйте снова или обратитесь к администратору",
        "кіру мүмкін болмады: аты, құпиясөз немесе код дұрыс емес, не тым көп әрекеттен кейін кіру уақытша жабылды; келесі "
        "кодты күтіп, қайта көріңіз немесе әкімшіге хабарласыңыз",
    ),
    "session_over": T(
        "your session has ended: sign in again",
        "ваш сеанс завершён: войдите снова",
        "сеансыңыз аяқталды: қайта кіріңіз",
    ),
    "no_sandbox": T(
        "this is no sandbox: sign in with your password and your second factor",
        "это не учебная среда: войдите с паролем и вторым фактором",
        "бұл оқу ортасы емес: құпиясөзбен және екінші фактормен кіріңіз",
    ),
    "invitation_shut": T(
        "this invitation opens nothing: it is unknown, used or lapsed; ask an administrator for a new one",
        "это приглашение ничего не открывает: оно неизвестно, использовано или истекло; попросите администратора о новом",
        "бұл шақыру ештеңе ашпайды: ол белгісіз, пайдаланылған немесе мерзімі өткен; әкімшіден жаңасын сұраңыз",
    ),
    "code_wrong": T(
        "it is not the code of this moment; look at the clock of your device, and wait for the next one",
        "это не код этого момента; проверьте часы устройства и дождитесь следующего",
        "бұл осы сәттің коды емес; құрылғыңыздың сағатын тексеріп, келесісін күтіңіз",
    ),
    "secret_not_shown": T(
        "it is not the one that was shown; open the invitation again",
        "это не то, что было показано; откройте приглашение снова",
        "бұл көрсетілгені емес; шақыруды қайта ашыңыз",
    ),
    "password_short": T(
        "it has {count} characters, {fewest} at least; several words are best",
        "в нём знаков: {count}, нужно не менее {fewest}; лучше всего несколько слов",
        "онда {count} таңба бар, кемінде {fewest} керек; бірнеше сөз болғаны дұрыс",
    ),
    "password_long": T(
        "it has {count} characters, {most} at most",
        "в нём знаков: {count}, можно не более {most}",
        "онда {count} таңба бар, ең көбі {most} болуы керек",
    ),
    "password_alike": T(
        "use {fewest} different characters at least",
        "используйте не менее {fewest} разных знаков",
        "кемінде {fewest} түрлі таңба қолданыңыз",
    ),
    "password_guessed": T(
        "it is made of words everybody tries first, of rows of digits, or of your own name; take several words that have "
        "nothing to do with each other",
        "он составлен из слов, которые пробуют первыми, из рядов цифр или из вашего имени; возьмите несколько слов, никак "
        "не связанных между собой",
        "ол ең алдымен көрілетін сөздерден, қатар цифрлардан немесе өз есіміңізден құралған; бір-бірімен байланысы жоқ "
        "бірнеше сөз алыңыз",
    ),
    "token_shut": T(
        "this token opens nothing; ask an administrator for a new one",
        "этот токен ничего не открывает; попросите администратора о новом",
        "бұл токен ештеңе ашпайды; әкімшіден жаңасын сұраңыз",
    ),
    "api_token_shut": T(
        "this token opens nothing: it is unknown, ended or lapsed; make a new one",
        "этот токен ничего не открывает: он неизвестен, отозван или истёк; создайте новый",
        "бұл токен ештеңе ашпайды: ол белгісіз, күші жойылған немесе мерзімі өткен; жаңасын жасаңыз",
    ),
    "no_api_token": T(
        "there is no such token; the list of your tokens shows those that still open something",
        "такого токена нет; в списке ваших токенов видны те, что ещё действуют",
        "мұндай токен жоқ; әлі жарамдылары токендеріңіздің тізімінде көрінеді",
    ),
    "name_too_long": T(
        "give it a name of at most {most} characters",
        "дайте название не длиннее {most} знаков",
        "{most} таңбадан аспайтын атау беріңіз",
    ),
    "no_scope": T(
        "{given} is no scope",
        "{given}: такой области действия нет",
        "{given} деген қолданылу аясы жоқ",
    ),
    "scope_needed": T("give at least one", "укажите хотя бы одну", "кемінде біреуін көрсетіңіз"),
    "day_gone_by": T(
        "{day} has gone by; today is {today}",
        "{day} уже прошло; сегодня {today}",
        "{day} өтіп кетті; бүгін {today}",
    ),
    "user_taken": T(
        "there is a user {given} already",
        "пользователь {given} уже есть",
        "{given} пайдаланушысы бұрыннан бар",
    ),
    "user_letters": T(
        "{given}: use Latin letters, digits, - _ and .",
        "{given}: используйте латинские буквы, цифры, - _ и .",
        "{given}: латын әріптерін, цифрларды, - _ және . қолданыңыз",
    ),
    "user_reserved": T(
        "this name is of the engine itself; choose another one",
        "это имя самой системы; выберите другое",
        "бұл жүйенің өз аты; басқасын таңдаңыз",
    ),
    "role_missing": T(
        "give at least one of {known}",
        "укажите хотя бы одну из ролей: {known}",
        "мына рөлдердің кемінде біреуін көрсетіңіз: {known}",
    ),
    "user_shut_out": T(
        "{user} was shut out; let them in again first",
        "доступ пользователя {user} закрыт; сначала откройте его снова",
        "{user} пайдаланушысының қолжетімділігі жабылған; алдымен оны қайта ашыңыз",
        hint="`npm-cases user enable {user}` does",
    ),
    "shut_out_already": T(
        "{user} was shut out at {at} already",
        "доступ пользователя {user} уже закрыт: {at}",
        "{user} пайдаланушысының қолжетімділігі бұрыннан жабық: {at}",
    ),
    "not_shut_out": T(
        "{user} is not shut out",
        "доступ пользователя {user} не закрыт",
        "{user} пайдаланушысының қолжетімділігі жабылмаған",
    ),
    "shut_out_since": T(
        "{user} is not shut out as when this was proposed; propose it again",
        "доступ пользователя {user} закрыт уже не так, как при предложении; предложите заново",
        "{user} пайдаланушысының қолжетімділігі ұсыныс жасалған кездегідей жабық емес; қайта ұсыныңыз",
    ),
    "roles_changed_since": T(
        "the roles of {user} were changed since this was proposed; propose it again",
        "роли пользователя {user} с тех пор изменились; предложите заново",
        "{user} пайдаланушысының рөлдері содан бері өзгерді; қайта ұсыныңыз",
    ),
    "gives_no_power": T(
        "the proposal {given} gives nobody power; confirm it where it was made",
        "предложение {given} никому не даёт полномочий; подтвердите его там, где оно сделано",
        "{given} ұсынысы ешкімге өкілеттік бермейді; оны жасалған жерінде растаңыз",
    ),
    "own_power": T(
        "{user} would get this power; another person must confirm it",
        "эти полномочия получит сам пользователь {user}; подтвердить должно другое лицо",
        "бұл өкілеттікті {user} пайдаланушысының өзі алады; басқа адам растауы керек",
    ),
    "own_account": T(
        "{user} may not {deed} of their own account; ask another administrator",
        "пользователь {user} не может {deed} для своей учётной записи; обратитесь к другому администратору",
        "{user} өз есептік жазбасына қатысты мұны істей алмайды: {deed}; басқа әкімшіге хабарласыңыз",
    ),
    "no_absence": T(
        "there is no absence {given} that could end",
        "нет отсутствия {given}, которое можно завершить",
        "аяқтауға болатын {given} деген болмау кезеңі жоқ",
    ),
    "own_deputy": T(
        "{user} cannot stand in for themselves",
        "пользователь {user} не может замещать самого себя",
        "{user} өзінің орнын өзі баса алмайды",
    ),
    "deputy_shut_out": T(
        "{user} was shut out and stands in for nobody",
        "доступ пользователя {user} закрыт, он никого не замещает",
        "{user} пайдаланушысының қолжетімділігі жабық, ол ешкімнің орнын баспайды",
    ),
    "query_too_long": T(
        "it has {count} characters, {most} at most, all of them visible",
        "знаков: {count}, можно не более {most}, и все видимые",
        "{count} таңба, ең көбі {most}, бәрі көрінетін болуы керек",
    ),
    "filters_full": T(
        "you have {most} filters already; save this one under a name you have",
        "у вас уже есть фильтров: {most}; сохраните этот под имеющимся названием",
        "сізде {most} сүзгі бар; мұны бұрыннан бар атаумен сақтаңыз",
    ),
    "no_filter": T(
        "there is no filter {given} of yours",
        "у вас нет фильтра {given}",
        "сізде {given} деген сүзгі жоқ",
    ),
}
