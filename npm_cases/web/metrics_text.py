"""What a monitor reads: the text format of Prometheus (version 0.0.4), without a case, a region, or a name of anybody."""

from collections.abc import Iterable, Iterator, Mapping

from npm_cases.services.vitals import Vitals, seconds_since
from npm_cases.web.counting import BOUNDS, Requests

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[Mapping[str, str], float]


def metrics_text(vitals: Vitals, requests: Requests, now: str, version: str) -> str:
    """Write everything down; ages are seconds, and -1 where there was nothing yet."""
    lines = [*_of_engine(vitals, now, version), *_of_requests(requests)]
    return "\n".join(lines) + "\n"


def _of_engine(vitals: Vitals, now: str, version: str) -> Iterator[str]:
    yield from _metric("info", "gauge", "The version that runs.", [({"version": version}, 1)])
    mail = [({"status": status}, count) for status, count in vitals.mail.items()]
    yield from _metric("mail_waiting", "gauge", "Notices that wait for a mail, and mails that wait for a try.", mail)
    oldest = seconds_since(vitals.oldest_mail_at, now)
    yield from _metric(
        "mail_oldest_seconds", "gauge", "How long the oldest mail that may leave has waited.", _one(oldest)
    )
    dead = vitals.incidents.get("dead_mail", 0)
    yield from _metric("mail_dead", "gauge", "Mails that were given up and nobody has dealt with.", _one(dead))
    yield from _metric("rungs_due", "gauge", "Steps of clocks that are due and not taken.", _one(vitals.due_rungs))
    yield from _metric(
        "rungs_late", "gauge", "Steps of clocks due two sweeps ago and not taken.", _one(vitals.late_rungs)
    )
    yield from _metric("sweep_age_seconds", "gauge", "Since the last sweep.", _one(_age(vitals.last_sweep_at, now)))
    yield from _metric("sweep_duration_seconds", "gauge", "How long it took.", _one(vitals.sweep_seconds))
    yield from _metric("sweep_taken", "gauge", "Steps of clocks it took.", _one(vitals.sweep_taken))
    yield from _metric("sweep_late_by_engine", "gauge", "Of these, late by ourselves.", _one(vitals.sweep_late))
    age = _age(vitals.checkpoint_at, now)
    yield from _metric("checkpoint_age_seconds", "gauge", "Since the last signed checkpoint.", _one(age))
    yield from _metric("checkpoint_entries", "gauge", "Entries it covers.", _one(vitals.checkpoint_size))
    age = _age(vitals.backup_at, now)
    yield from _metric("backup_age_seconds", "gauge", "Since the last backup that was found good.", _one(age))
    yield from _metric("events_total", "counter", "Events in the history.", _one(vitals.events))
    opened: list[Sample] = [({"kind": kind}, count) for kind, count in sorted(vitals.incidents.items())]
    yield from _metric("incidents_open", "gauge", "Incidents nobody has closed, by kind.", opened)


def _of_requests(requests: Requests) -> Iterator[str]:
    counted: list[Sample] = [
        ({"page": page, "status": status}, count) for (page, status), count in requests.outcomes().items()
    ]
    yield from _metric("requests_total", "counter", "Requests by page and class of status.", counted)
    name = "npm_cases_request_seconds"
    yield f"# HELP {name} How long requests took, by page."
    yield f"# TYPE {name} histogram"
    for page, found in requests.durations().items():
        for bound, count in zip(BOUNDS, found.upto, strict=True):
            yield _line(f"{name}_bucket", {"page": page, "le": f"{bound:g}"}, count)
        yield _line(f"{name}_bucket", {"page": page, "le": "+Inf"}, found.count)
        yield _line(f"{name}_sum", {"page": page}, round(found.seconds, 6))
        yield _line(f"{name}_count", {"page": page}, found.count)


def _metric(name: str, kind: str, help_: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP npm_cases_{name} {help_}"
    yield f"# TYPE npm_cases_{name} {kind}"
    for labels, value in samples:
        yield _line(f"npm_cases_{name}", labels, value)


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    named = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{named}}} {value!r}" if named else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _one(value: float) -> list[Sample]:
    return [({}, value)]


def _age(at: str, now: str) -> float:
    return seconds_since(at, now) if at else -1.0
