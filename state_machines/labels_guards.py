"""What people read for a guard: as a condition in the printed table, and as what to do when a move is refused."""

from state_machines.label import Label as T

CONDITIONS = {
    "another_person_confirms": T("another person confirms", "подтверждает другое лицо", "басқа адам растайды"),
    "reason_given": T("a reason is given", "указана причина", "себебі көрсетілген"),
    "reasons_written": T("reasons are written", "изложены мотивы", "уәждері жазылған"),
    "proof_of_receipt_attached": T(
        "the proof of receipt is attached", "приложено подтверждение вручения", "табыс етілгенін растау қоса берілген"
    ),
    "reply_attached": T("the reply is attached", "приложен ответ", "жауап қоса берілген"),
    "addressees_letter_attached": T(
        "the addressee's letter is attached", "приложено письмо адресата", "адресаттың хаты қоса берілген"
    ),
    "evidence_attached": T("the evidence is attached", "приложены доказательства", "дәлелдер қоса берілген"),
    "answer_attached": T("the answer is attached", "приложен ответ органа", "органның жауабы қоса берілген"),
    "visit_finding_named": T(
        "the visit that found it is named", "указано посещение, установившее это", "мұны анықтаған бару көрсетілген"
    ),
    "visit_finding_or_documents": T(
        "a visit finding or a document shows it",
        "подтверждено посещением или документом",
        "барумен немесе құжатпен расталған",
    ),
    "case_linked": T("the other case is linked", "указано связанное дело", "байланысты іс көрсетілген"),
    "protection_measures_recorded": T(
        "the measures of protection are recorded", "записаны меры защиты", "қорғау шаралары жазылған"
    ),
    "persons_view_recorded": T("the person's view is recorded", "записано мнение лица", "адамның пікірі жазылған"),
    "reprisal_check_recorded": T(
        "the check for reprisals is recorded", "записана проверка на преследование", "қудалауға тексеру жазылған"
    ),
    "the_channels_own_approver": T(
        "it is the approver of this channel", "это утверждающий по этому каналу", "осы арна бойынша бекітуші"
    ),
    "the_channels_own_issuer": T(
        "it is the issuer of this channel",
        "это тот, кто выносит рекомендации по этому каналу",
        "осы арна бойынша ұсыным шығарушы",
    ),
    "issued_by_this_mechanism": T("the mechanism itself issued it", "издана самим механизмом", "тетіктің өзі шығарған"),
    "issued_by_another_body": T(
        "another body issued it (SPT, CAT, UPR)",
        "издана другим органом (ППП, КПП, УПО)",
        "басқа орган шығарған (ААК, АҚК, ӘМШ)",
    ),
    "symbol_named": T("the document symbol is named", "указано обозначение документа", "құжаттың белгісі көрсетілген"),
    "publication_dated": T(
        "the day of publication is given", "указана дата опубликования", "жарияланған күні көрсетілген"
    ),
    "addressee_named": T("the addressee is named", "указан адресат", "адресат көрсетілген"),
    "text_measurable": T(
        "the text asks for one measurable action",
        "текст требует одного измеримого действия",
        "мәтін өлшенетін бір әрекетті талап етеді",
    ),
    "rule_exists_for_channel": T(
        "a deadline rule exists for the channel", "для канала есть правило срока", "арна үшін мерзім қағидасы бар"
    ),
    "date_set": T("a date is set", "назначена дата", "күні белгіленген"),
    "addressees_reasons_recorded": T(
        "the addressee's reasons are recorded", "записаны доводы адресата", "адресаттың дәлелдері жазылған"
    ),
    "late_date_confirmed_by_another_person": T(
        "the date is within the maximum, or another person confirms it",
        "дата в пределах максимума или подтверждена другим лицом",
        "күні шекті мерзім ішінде немесе басқа адам растаған",
    ),
    "consent_recorded": T(
        "consent is recorded: given, limited or refused",
        "записано согласие: дано, ограничено или отказано",
        "келісім жазылған: берілген, шектелген немесе бас тартылған",
    ),
    "reprisal_risk_recorded": T(
        "the risk of reprisal is recorded", "записан риск преследования", "қудалау қаупі жазылған"
    ),
    "live_consent_or_pseudonym": T(
        "there is live consent, or it goes under pseudonym",
        "есть действующее согласие или используется псевдоним",
        "қолданыстағы келісім бар немесе бүркеншік ат қолданылады",
    ),
    "live_consent_pseudonym_or_exception": T(
        "there is live consent, a pseudonym, or an exception that the country pack names",
        "есть согласие, псевдоним или исключение, названное в правилах страны",
        "келісім, бүркеншік ат немесе ел қағидаларында аталған ерекше жағдай бар",
    ),
    "exception_reasoned": T("an exception has written reasons", "исключение мотивировано", "ерекше жағдай уәжделген"),
    "exception_confirmed_by_another_person": T(
        "another person confirms an exception",
        "исключение подтверждает другое лицо",
        "ерекше жағдайды басқа адам растайды",
    ),
    "not_about_ill_treatment": T(
        "it is not about ill-treatment", "речь не о жестоком обращении", "қатыгез қарау туралы емес"
    ),
    "extension_within_bound": T(
        "the new date is within the legal bound", "новая дата в пределах закона", "жаңа күн заң шегінде"
    ),
    "complainant_told": T("the complainant has been told", "заявитель уведомлён", "арыз иесі хабардар етілген"),
    "register_number_recorded": T("the register number is recorded", "записан номер ЕРДР", "СДТБТ нөмірі жазылған"),
    "another_authority_named": T(
        "it goes to an authority that has not decided before",
        "направляется органу, который ещё не решал",
        "бұрын шешпеген органға жіберіледі",
    ),
    "redress_made": T(
        "compensation is paid or rehabilitation completed",
        "компенсация выплачена или реабилитация завершена",
        "өтемақы төленген немесе оңалту аяқталған",
    ),
    "redress_at_an_end": T(
        "redress is at an end, refused by the person, or not due for a stated reason",
        "возмещение завершено, лицо отказалось или оно не полагается по указанной причине",
        "өтеу аяқталған, адам бас тартқан немесе көрсетілген себеппен тиесілі емес",
    ),
    "new_facts_recorded": T("the new facts are recorded", "записаны новые обстоятельства", "жаңа мән-жайлар жазылған"),
    "referral_answered": T("the referral has been answered", "на обращение получен ответ", "жолдауға жауап алынған"),
    "owed_by_outsider": T("a body outside the mechanism owes it", "обязан внешний орган", "сыртқы орган міндетті"),
    "ladder_has_superior": T(
        "the ladder has a superior body", "в лестнице есть вышестоящий орган", "сатыда жоғары тұрған орган бар"
    ),
    "rung_is_due": T("its rung is due", "наступил срок ступени", "сатының мерзімі келген"),
    "another_overdue_or_reprisal": T(
        "another obligation is overdue, or a reprisal is reported",
        "просрочено другое обязательство или сообщено о преследовании",
        "басқа міндеттеме мерзімі өткен немесе қудалау туралы хабарланған",
    ),
    "raising_obligations_discharged": T(
        "every obligation that raised it is discharged",
        "исполнены все вызвавшие её обязательства",
        "оны тудырған барлық міндеттеме орындалған",
    ),
    "successor_obligation_dated": T(
        "a successor obligation has a new date",
        "назначен новый срок обязательства",
        "міндеттеменің жаңа мерзімі белгіленген",
    ),
    "mass_or_special_case": T(
        "it is a mass violation or of special public importance",
        "массовое нарушение или особое общественное значение",
        "жаппай бұзушылық немесе айрықша қоғамдық маңызы бар",
    ),
}

REASONS = {
    "unknown_event": T(
        "no such event: choose one of the permitted ones",
        "такого события нет: выберите из допустимых",
        "мұндай оқиға жоқ: рұқсат етілгендерден таңдаңыз",
    ),
    "not_from_this_state": T(
        "not possible from this state: choose one of the permitted events",
        "из этого состояния невозможно: выберите допустимое событие",
        "бұл күйден мүмкін емес: рұқсат етілген оқиғаны таңдаңыз",
    ),
    "version_changed": T(
        "the case changed since you read it: read it again and decide anew",
        "дело изменилось с тех пор, как вы его прочли: прочтите его снова и решите заново",
        "сіз оқығаннан бері іс өзгерді: қайта оқып, қайта шешіңіз",
    ),
    "role_not_allowed": T(
        "your role may not do this: ask one who may",
        "вашей роли это не разрешено: обратитесь к тому, кому разрешено",
        "сіздің рөліңіз мұны істей алмайды: өкілетті адамға жүгініңіз",
    ),
    "another_person_confirms": T(
        "ask another person to confirm", "попросите подтвердить другое лицо", "басқа адамнан растауды сұраңыз"
    ),
    "reason_given": T("give a reason", "укажите причину", "себебін көрсетіңіз"),
    "reasons_written": T("write the reasons", "изложите мотивы", "уәждерін жазыңыз"),
    "proof_of_receipt_attached": T(
        "attach the proof of receipt", "приложите подтверждение вручения", "табыс етілгенін растауды қоса беріңіз"
    ),
    "reply_attached": T("attach the addressee's reply", "приложите ответ адресата", "адресаттың жауабын қоса беріңіз"),
    "addressees_letter_attached": T(
        "attach the addressee's letter", "приложите письмо адресата", "адресаттың хатын қоса беріңіз"
    ),
    "evidence_attached": T(
        "attach the evidence for the claim", "приложите доказательства исполнения", "орындалу дәлелдерін қоса беріңіз"
    ),
    "answer_attached": T("attach the answer of the body", "приложите ответ органа", "органның жауабын қоса беріңіз"),
    "visit_finding_named": T(
        "name the visit that found it", "укажите посещение, установившее это", "мұны анықтаған баруды көрсетіңіз"
    ),
    "visit_finding_or_documents": T(
        "name a visit or attach a document that shows it",
        "укажите посещение или приложите документ",
        "баруды көрсетіңіз немесе құжатты қоса беріңіз",
    ),
    "case_linked": T("name the other case", "укажите связанное дело", "байланысты істі көрсетіңіз"),
    "protection_measures_recorded": T(
        "record the measures of protection", "запишите меры защиты", "қорғау шараларын жазыңыз"
    ),
    "persons_view_recorded": T(
        "record the person's own view", "запишите мнение самого лица", "адамның өз пікірін жазыңыз"
    ),
    "reprisal_check_recorded": T(
        "record the check for reprisals", "запишите проверку на преследование", "қудалауға тексеруді жазыңыз"
    ),
    "the_channels_own_approver": T(
        "ask the approver of this channel",
        "обратитесь к утверждающему по этому каналу",
        "осы арнаның бекітушісіне жүгініңіз",
    ),
    "the_channels_own_issuer": T(
        "ask the issuer of this channel",
        "обратитесь к тому, кто выносит рекомендации по этому каналу",
        "осы арна бойынша ұсыным шығарушыға жүгініңіз",
    ),
    "issued_by_this_mechanism": T(
        "another body issued it; only that body can change it",
        "издана другим органом; изменить может только он",
        "басқа орган шығарған; оны тек сол өзгерте алады",
    ),
    "issued_by_another_body": T(
        "this mechanism issues it itself: approve it instead",
        "механизм издаёт её сам: утвердите её",
        "тетік оны өзі шығарады: бекітіңіз",
    ),
    "symbol_named": T("name the document symbol", "укажите обозначение документа", "құжаттың белгісін көрсетіңіз"),
    "publication_dated": T("give the day of publication", "укажите дату опубликования", "жарияланған күнін көрсетіңіз"),
    "addressee_named": T("name the addressee", "укажите адресата", "адресатты көрсетіңіз"),
    "text_measurable": T(
        "confirm that the text asks for one measurable action",
        "подтвердите, что текст требует одного измеримого действия",
        "мәтін өлшенетін бір әрекетті талап ететінін растаңыз",
    ),
    "rule_exists_for_channel": T(
        "add a deadline rule for the channel to the country pack",
        "добавьте правило срока для канала в правила страны",
        "ел қағидаларына арна үшін мерзім қағидасын қосыңыз",
    ),
    "date_set": T("set a date", "назначьте дату", "күнін белгілеңіз"),
    "addressees_reasons_recorded": T(
        "record the addressee's reasons, or that it gave none",
        "запишите доводы адресата или их отсутствие",
        "адресаттың дәлелдерін немесе жоқтығын жазыңыз",
    ),
    "late_date_confirmed_by_another_person": T(
        "the date is later than the maximum: bring it forward or ask another person to confirm",
        "дата позже максимума: приблизьте её или попросите подтвердить другое лицо",
        "күні шекті мерзімнен кеш: жақындатыңыз немесе басқа адамнан растауды сұраңыз",
    ),
    "consent_recorded": T(
        "record consent: given, limited or refused",
        "запишите согласие: дано, ограничено или отказано",
        "келісімді жазыңыз: берілген, шектелген немесе бас тартылған",
    ),
    "reprisal_risk_recorded": T("record the risk of reprisal", "запишите риск преследования", "қудалау қаупін жазыңыз"),
    "live_consent_or_pseudonym": T(
        "obtain consent for this recipient, or send it under pseudonym",
        "получите согласие для этого получателя или направьте под псевдонимом",
        "осы алушы үшін келісім алыңыз немесе бүркеншік атпен жіберіңіз",
    ),
    "live_consent_pseudonym_or_exception": T(
        "obtain consent, use a pseudonym, or name an exception of the country pack",
        "получите согласие, используйте псевдоним или укажите исключение из правил страны",
        "келісім алыңыз, бүркеншік ат қолданыңыз немесе ел қағидаларындағы ерекше жағдайды көрсетіңіз",
    ),
    "exception_reasoned": T(
        "write the reasons for the exception", "изложите мотивы исключения", "ерекше жағдайдың уәждерін жазыңыз"
    ),
    "exception_confirmed_by_another_person": T(
        "ask another person to confirm the exception",
        "попросите другое лицо подтвердить исключение",
        "ерекше жағдайды растауды басқа адамнан сұраңыз",
    ),
    "not_about_ill_treatment": T(
        "ill-treatment may not be declined: register it, or record that it is not about ill-treatment",
        "жестокое обращение нельзя отклонить: зарегистрируйте или укажите, что речь не о нём",
        "қатыгез қарауды қабылдамауға болмайды: тіркеңіз немесе ол туралы емес екенін көрсетіңіз",
    ),
    "extension_within_bound": T(
        "set a new date within the legal bound",
        "назначьте новую дату в пределах закона",
        "заң шегінде жаңа күн белгілеңіз",
    ),
    "complainant_told": T(
        "tell the complainant and record it", "уведомите заявителя и запишите это", "арыз иесін хабардар етіп, жазыңыз"
    ),
    "register_number_recorded": T("record the register number", "запишите номер ЕРДР", "СДТБТ нөмірін жазыңыз"),
    "another_authority_named": T(
        "name an authority that has not decided before",
        "укажите орган, который ещё не решал",
        "бұрын шешпеген органды көрсетіңіз",
    ),
    "redress_made": T(
        "record the payment or the completed rehabilitation first",
        "сначала запишите выплату или завершённую реабилитацию",
        "алдымен төлемді немесе аяқталған оңалтуды жазыңыз",
    ),
    "redress_at_an_end": T(
        "finish the redress, record that the person refuses it, or give code redress_not_due with reasons",
        "завершите возмещение, запишите отказ лица или укажите код redress_not_due с мотивами",
        "өтеуді аяқтаңыз, адамның бас тартуын жазыңыз немесе redress_not_due кодын уәжімен көрсетіңіз",
    ),
    "new_facts_recorded": T("record the new facts", "запишите новые обстоятельства", "жаңа мән-жайларды жазыңыз"),
    "referral_answered": T(
        "record the body's answer to the referral first",
        "сначала запишите ответ органа на обращение",
        "алдымен органның жолдауға жауабын жазыңыз",
    ),
    "owed_by_outsider": T(
        "we owe it ourselves: no superior body is asked",
        "обязаны мы сами: вышестоящий орган не привлекается",
        "өзіміз міндеттіміз: жоғары тұрған органға жүгінбейміз",
    ),
    "ladder_has_superior": T(
        "the ladder has no superior body: escalate to the Ombudsman",
        "в лестнице нет вышестоящего органа: передайте Омбудсмену",
        "сатыда жоғары тұрған орган жоқ: Омбудсменге беріңіз",
    ),
    "rung_is_due": T("wait until its rung is due", "дождитесь срока ступени", "сатының мерзімін күтіңіз"),
    "another_overdue_or_reprisal": T(
        "nothing new is overdue and no reprisal is reported",
        "новых просрочек и сообщений о преследовании нет",
        "жаңа мерзімі өткен міндеттеме де, қудалау туралы хабар да жоқ",
    ),
    "raising_obligations_discharged": T(
        "discharge every obligation that raised it",
        "исполните все вызвавшие её обязательства",
        "оны тудырған барлық міндеттемені орындаңыз",
    ),
    "successor_obligation_dated": T(
        "give the successor obligation a new date",
        "назначьте новый срок обязательства",
        "міндеттеменің жаңа мерзімін белгілеңіз",
    ),
    "mass_or_special_case": T(
        "show that it is a mass violation or of special public importance",
        "укажите массовое нарушение или особое общественное значение",
        "жаппай бұзушылықты немесе айрықша қоғамдық маңызын көрсетіңіз",
    ),
}
