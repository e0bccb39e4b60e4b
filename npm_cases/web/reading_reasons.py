"""Why somebody opens protected text: the codes a page offers; each stands in the history of reads."""

READING_REASONS = ("casework", "preparing_letter", "second_person", "supervision", "audit", "request_of_person")
