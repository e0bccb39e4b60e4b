"""What people read for a duty, the thing a clock of a case runs for. The Kazakh has not been checked by a speaker yet."""

from collections.abc import Mapping


def _t(en: str, ru: str, kk: str) -> Mapping[str, str]:
    return {"en": en, "ru": ru, "kk": kk}


DUTIES: Mapping[str, Mapping[str, str]] = {
    "approve": _t("approval", "утверждение", "бекіту"),
    "publish": _t("publication", "опубликование", "жариялау"),
    "issue": _t("dispatch", "направление", "жіберу"),
    "serve": _t("proof of receipt", "подтверждение вручения", "табыс етілгенін растау"),
    "reply": _t("reply", "ответ", "жауап"),
    "assess_reply": _t("assessment of the reply", "оценка ответа", "жауапты бағалау"),
    "begin": _t("beginning of the implementation", "начало исполнения", "орындауды бастау"),
    "answer_rejection": _t("answer to the rejection", "ответ на отклонение", "қабылдамауға жауап"),
    "implement": _t("implementation", "исполнение", "орындау"),
    "verify": _t("verification", "проверка исполнения", "орындалуын тексеру"),
    "remedy": _t("remedy", "устранение недостатков", "кемшіліктерді жою"),
    "close": _t("closing", "закрытие", "жабу"),
    "age_ceiling": _t("end of a case grown old", "завершение давнего дела", "ескірген істі аяқтау"),
    "register": _t("registration", "регистрация", "тіркеу"),
    "transfer": _t("passing to the Commissioner", "передача Уполномоченному", "Уәкілге беру"),
    "notify_prosecutor": _t("notice to the prosecutor", "уведомление прокурора", "прокурорға хабарлау"),
    "examine": _t("examination of the complaint", "рассмотрение жалобы", "шағымды қарау"),
    "answer_forwarded": _t("answer of the competent body", "ответ компетентного органа", "құзыретті органның жауабы"),
    "register_report": _t(
        "registration of the report of a crime", "регистрация сообщения о преступлении", "қылмыс туралы хабарды тіркеу"
    ),
    "open_investigation": _t("opening of the investigation", "начало расследования", "тергеп-тексеруді бастау"),
    "appeal_refusal": _t("appeal against the refusal", "обжалование отказа", "бас тартуға шағым"),
    "investigate": _t("investigation", "следствие", "тергеу"),
    "investigate_again": _t(
        "investigation taken up again", "возобновлённое расследование", "қайта басталған тергеп-тексеру"
    ),
    "inquire": _t("inquiry", "дознание", "анықтау"),
    "correct_jurisdiction": _t(
        "transfer to the right investigator", "передача по подследственности", "тергеулігі бойынша беру"
    ),
    "review_interruption": _t("review of the interruption", "проверка прерывания", "үзілісті тексеру"),
    "appeal_termination": _t("appeal against the termination", "обжалование прекращения", "тоқтатуға шағым"),
    "decide_appeal": _t("decision on the appeal", "решение по обжалованию", "шағым бойынша шешім"),
    "judge": _t("judgment", "приговор", "үкім"),
    "plan_follow_up": _t("plan of the follow-up", "план сопровождения", "қадағалау жоспары"),
    "follow_up": _t("follow-up", "сопровождение", "қадағалау"),
    "apply_compensation": _t("application for compensation", "заявление о компенсации", "өтемақы туралы өтініш"),
    "decide_compensation": _t("decision on compensation", "решение о компенсации", "өтемақы туралы шешім"),
    "pay_compensation": _t("payment of compensation", "выплата компенсации", "өтемақы төлеу"),
    "review_compensation": _t(
        "review of the refused compensation", "пересмотр отказа в компенсации", "өтемақыдан бас тартуды қайта қарау"
    ),
    "begin_rehabilitation": _t("beginning of the rehabilitation", "начало реабилитации", "оңалтуды бастау"),
    "finish_rehabilitation": _t("end of the rehabilitation", "завершение реабилитации", "оңалтуды аяқтау"),
    "protect": _t("protection against reprisals", "защита от преследования", "қудалаудан қорғау"),
    "review_suspension": _t("review of the suspension", "проверка приостановления", "тоқтата тұруды тексеру"),
    "answer_unlawful_act": _t("answer to an unlawful act", "ответ на незаконное действие", "заңсыз әрекетке жауап"),
    "follow_stand_down": _t("follow-up after standing down", "контроль после снятия", "түсіргеннен кейінгі бақылау"),
}
