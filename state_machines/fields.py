"""The fields that moves ask for or accept. Names are contract: forms, the command line and history use them."""

from state_machines.reasons import ReasonCode
from state_machines.table import Field, FieldKind as K

CONSENT_CHOICES = ("given", "limited", "refused")
REPRISAL_RISK_CHOICES = ("none", "low", "medium", "high")

# Asked for by guards: each has a fact of the same name in facts.py
DOCUMENT = Field("document", K.DOCUMENT)
VISIT = Field("visit", K.VISIT)
REASONS = Field("reasons", K.TEXT)
REASON_CODE = Field("reason_code", K.CODE, tuple(code.value for code in ReasonCode))
DUE_ON = Field("due_on", K.DATE)
AUTHORITY = Field("authority", K.BODY)
LINKED_CASE = Field("linked_case", K.CASE)
PROTECTION_MEASURES = Field("protection_measures", K.TEXT)
PERSONS_VIEW = Field("persons_view", K.TEXT)
REPRISAL_CHECK = Field("reprisal_check", K.FLAG)
ADDRESSEE = Field("addressee", K.BODY)
MEASURABLE = Field("measurable", K.FLAG)
SYMBOL = Field("symbol", K.CODE)
PUBLISHED_ON = Field("published_on", K.DATE)
ABOUT_ILL_TREATMENT = Field("about_ill_treatment", K.FLAG)
CONSENT = Field("consent", K.CODE, CONSENT_CHOICES)
UNDER_PSEUDONYM = Field("under_pseudonym", K.FLAG)
NAMED_EXCEPTION = Field("named_exception", K.CODE)
REPRISAL_RISK = Field("reprisal_risk", K.CODE, REPRISAL_RISK_CHOICES)
COMPLAINANT_TOLD = Field("complainant_told", K.FLAG)
REGISTER_NUMBER = Field("register_number", K.TEXT)
NEW_FACTS = Field("new_facts", K.TEXT)
SUCCESSOR_DUE_ON = Field("successor_due_on", K.DATE)
MASS_OR_SPECIAL = Field("mass_or_special", K.FLAG)

# Only ever optional
HAPPENED_ON = Field("happened_on", K.DATE)
NOTE = Field("note", K.TEXT)
QUALIFICATION = Field("qualification", K.CODE)
INVESTIGATOR = Field("investigator", K.BODY)
AMOUNT = Field("amount", K.NUMBER)
