"""A way to a fault is told in the words of the tables, in the reader's language."""

from npm_cases.services.policy_words import in_words


def test_events_are_said_by_their_labels_and_sentences_as_they_stand() -> None:
    way = ("approve", "record_service", "no ladder is for reply owed by addressee")
    assert in_words(way) == "approve, then record the proof of receipt, then no ladder is for reply owed by addressee"


def test_a_way_is_told_in_the_readers_language() -> None:
    assert in_words(("approve",), "ru") != in_words(("approve",), "en")
