"""What people read for the events. A key `machine.event` is one machine's wording where the plain one misleads."""

from state_machines.label import Label as T

EVENTS = {
    # Recommendation
    "approve": T("approve", "утвердить", "бекіту"),
    "record_published": T("record its publication", "записать опубликование", "жариялануын жазу"),
    "discard": T("discard the draft", "отказаться от проекта", "жобадан бас тарту"),
    "issue": T("issue", "направить", "жіберу"),
    "record_service": T("record the proof of receipt", "записать вручение", "табыс етілгенін жазу"),
    "record_bounce": T("record the failed dispatch", "записать недоставку", "жеткізілмегенін жазу"),
    "acknowledge": T("record the acknowledgement", "записать принятие к рассмотрению", "қарауға қабылданғанын жазу"),
    "record_reply": T("record the reply", "записать ответ", "жауапты жазу"),
    "record_extension": T(
        "record the addressee's extension", "записать продление адресатом", "адресаттың мерзімді ұзартуын жазу"
    ),
    "accept": T("record that it is accepted", "записать принятие", "қабылданғанын жазу"),
    "accept_partly": T(
        "record that it is partly accepted", "записать частичное принятие", "ішінара қабылданғанын жазу"
    ),
    "reject": T("record that it is rejected", "записать отклонение", "қабылданбағанын жазу"),
    "find_insufficient": T(
        "find the reply insufficient", "признать ответ недостаточным", "жауапты жеткіліксіз деп тану"
    ),
    "start_implementation": T("start the implementation", "начать исполнение", "орындауды бастау"),
    "record_claim": T(
        "record the claim of implementation", "записать заявление об исполнении", "орындалғаны туралы хабарды жазу"
    ),
    "reissue": T("issue again", "направить повторно", "қайта жіберу"),
    "find_unmet": T("find it not implemented", "установить неисполнение", "орындалмағанын анықтау"),
    "verify": T("verify the implementation", "подтвердить исполнение", "орындалғанын растау"),
    "verify_partly": T(
        "verify a partial implementation", "подтвердить частичное исполнение", "ішінара орындалғанын растау"
    ),
    "find_relapse": T("find a relapse", "установить возврат к нарушению", "бұзушылықтың қайталанғанын анықтау"),
    "supersede": T(
        "replace by a repeated recommendation", "заменить повторной рекомендацией", "қайталама ұсыныммен ауыстыру"
    ),
    "close": T("close", "закрыть", "жабу"),
    "withdraw": T("withdraw", "отозвать", "кері қайтарып алу"),
    "mark_obsolete": T(
        "mark as no longer relevant", "признать утратившей актуальность", "өзектілігін жоғалтты деп тану"
    ),
    "record_meeting": T("record a meeting", "записать встречу", "кездесуді жазу"),
    "record_counter_proposal": T("record a counter-proposal", "записать встречное предложение", "қарсы ұсынысты жазу"),
    "reopen": T("reopen", "возобновить", "қайта ашу"),
    "report_reprisal": T("report a reprisal", "сообщить о преследовании", "қудалау туралы хабарлау"),
    "record_protection": T("record the protection", "записать меры защиты", "қорғау шараларын жазу"),
    # Allegation
    "register": T("register", "зарегистрировать", "тіркеу"),
    "link": T("link to the case of the same matter", "присоединить к делу о том же", "сол мәселе бойынша іске қосу"),
    "decline": T("decline", "отклонить", "қабылдамау"),
    "transfer": T("pass to the Commissioner", "передать Уполномоченному", "Уәкілге беру"),
    "notify_prosecutor": T("notify the prosecutor", "уведомить прокурора", "прокурорға хабарлау"),
    "allegation.accept": T("accept for examination", "принять к рассмотрению", "қарауға қабылдау"),
    "explain": T("explain the remedies", "разъяснить средства защиты", "қорғау құралдарын түсіндіру"),
    "forward": T("forward to the competent body", "направить по компетенции", "құзыретті органға жіберу"),
    "refuse": T("refuse the examination", "отказать в рассмотрении", "қараудан бас тарту"),
    "extend_examination": T("extend the examination", "продлить рассмотрение", "қарау мерзімін ұзарту"),
    "record_registration": T(
        "record the registration of the offence", "записать регистрацию в ЕРДР", "СДТБТ-де тіркелгенін жазу"
    ),
    "record_refusal": T("record the refusal to register", "записать отказ в регистрации", "тіркеуден бас тартуды жазу"),
    "record_disciplinary": T(
        "record disciplinary treatment only", "записать только дисциплинарный порядок", "тек тәртіптік тәртіпті жазу"
    ),
    "record_answer": T("record the answer", "записать ответ органа", "органның жауабын жазу"),
    "appeal_refusal": T("appeal the refusal", "обжаловать отказ", "бас тартуға шағымдану"),
    "accept_outcome": T("accept the outcome", "согласиться с итогом", "нәтижемен келісу"),
    "open_investigation": T(
        "record that an investigation is opened", "записать начало расследования", "тергеп-тексеру басталғанын жазу"
    ),
    "requalify": T("record a new qualification", "записать переквалификацию", "қайта саралауды жазу"),
    "record_term_extension": T(
        "record an extension of the term", "записать продление срока", "мерзімнің ұзартылғанын жазу"
    ),
    "request_examination": T(
        "request a medical examination", "запросить медицинское освидетельствование", "медициналық куәландыруды сұрату"
    ),
    "record_examination": T("record the medical examination", "записать освидетельствование", "куәландыруды жазу"),
    "interrupt": T("record the interruption", "записать прерывание срока", "мерзімнің үзілгенін жазу"),
    "terminate": T("record the termination", "записать прекращение", "тоқтатылғанын жазу"),
    "send_to_court": T("record the sending to court", "записать направление в суд", "сотқа жіберілгенін жазу"),
    "resume": T("record the resumption", "записать возобновление", "қайта басталғанын жазу"),
    "appeal_termination": T("appeal the termination", "обжаловать прекращение", "тоқтатуға шағымдану"),
    "reinstate": T(
        "record that the termination is annulled", "записать отмену прекращения", "тоқтатудың күші жойылғанын жазу"
    ),
    "uphold": T("record that the termination is upheld", "записать оставление в силе", "күшінде қалдырылғанын жазу"),
    "convict": T("record the conviction", "записать обвинительный приговор", "айыптау үкімін жазу"),
    "acquit": T("record the acquittal", "записать оправдательный приговор", "ақтау үкімін жазу"),
    "return_to_investigation": T(
        "record the return to investigation", "записать возврат на расследование", "тергеп-тексеруге қайтарылғанын жазу"
    ),
    "plan_follow_up": T("plan the follow-up", "назначить последующий контроль", "кейінгі бақылауды жоспарлау"),
    "record_redress": T("record the redress", "записать возмещение вреда", "зиянның өтелгенін жазу"),
    "withdraw_consent": T(
        "record that consent is withdrawn", "записать отзыв согласия", "келісімнің қайтарып алынғанын жазу"
    ),
    "give_consent": T("record that consent is given", "записать согласие", "келісім берілгенін жазу"),
    "propose_special_visit": T("propose a special visit", "предложить специальное посещение", "арнайы баруды ұсыну"),
    # Redress
    "recognise_victim": T(
        "record the victim status", "записать признание потерпевшим", "жәбірленуші деп танылғанын жазу"
    ),
    "apply": T("record the application", "записать заявление", "өтінішті жазу"),
    "grant": T("record the award", "записать назначение компенсации", "өтемақы тағайындалғанын жазу"),
    "refuse_compensation": T(
        "record the refusal of compensation", "записать отказ в компенсации", "өтемақы беруден бас тартылғанын жазу"
    ),
    "apply_again": T("record a new application", "записать повторное заявление", "қайталама өтінішті жазу"),
    "record_payment": T("record the payment", "записать выплату", "төлемді жазу"),
    "decline_compensation": T(
        "record that the person declines", "записать отказ лица от компенсации", "адамның өтемақыдан бас тартуын жазу"
    ),
    "offer": T("record the offer", "записать предложение", "ұсынысты жазу"),
    "begin": T("record the beginning", "записать начало", "басталғанын жазу"),
    "complete": T("record the completion", "записать завершение", "аяқталғанын жазу"),
    "decline_rehabilitation": T(
        "record that the person declines", "записать отказ лица от реабилитации", "адамның оңалтудан бас тартуын жазу"
    ),
    # Escalation
    "raise_to_superior": T(
        "raise to the superior body", "поднять до вышестоящего органа", "жоғары тұрған органға көтеру"
    ),
    "escalate_to_ombudsman": T("escalate to the Ombudsman", "передать Омбудсмену", "Омбудсменге беру"),
    "recommend_individually": T(
        "recommend individually", "направить индивидуальную рекомендацию", "жеке ұсыным жіберу"
    ),
    "petition": T("send a petition", "направить ходатайство", "өтінішхат жіберу"),
    "appeal_to_highest": T(
        "appeal to the highest authority", "обратиться к высшим органам власти", "жоғары билік органдарына жүгіну"
    ),
    "escalate_again": T("escalate again", "повторить эскалацию", "эскалацияны қайталау"),
    "stand_down": T("stand the escalation down", "снять эскалацию", "эскалацияны алып тастау"),
}
