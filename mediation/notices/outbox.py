"""Writing messages: in the same transaction as the fact, so nobody is told of what did not happen."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from cases.models import Case, User
from evidence.models import Entry
from mediation.notices.codes import new_code
from mediation.notices.facts import facts_of, limit_of
from mediation.notices.models import Notice
from mediation.notices.receivers import Circle, Receiver
from mediation.notices.tasks import deliver_after_commit
from mediation.notices.tellings import TELLINGS, Only, Telling

NAMED = re.compile(r"%\((\w+)\)s")


def write_notices(sender: object, entry: Entry, record: Mapping[str, Any], **kwargs: Any) -> None:
    """Write a PENDING row for every message that this entry calls for, in the language of the site."""
    tellings = TELLINGS.get(entry.event)
    case = case_of(entry) if tellings else None
    if not tellings or case is None:
        return
    circle = _circle(case, record)
    with translation.override(settings.LANGUAGE_CODE):
        facts = facts_of(case, entry, record)
        rows = [row for telling in tellings for row in _rows(telling, case, circle, facts, entry.event)]
    if rows:
        Notice.objects.bulk_create(rows)
        deliver_after_commit()


def case_of(entry: Entry) -> Case | None:
    """The case whose chain this is; None for the chains that belong to no case."""
    try:
        pk = UUID(entry.chain)
    except ValueError:
        return None
    cases = Case.objects.select_related("centre__court", "mediator")
    return cases.prefetch_related("parties__person", "parties__institution").filter(pk=pk).first()


def sentences(telling: Telling, facts: Mapping[str, str]) -> Iterator[str]:
    """The sentences of a body whose facts are all known, with the facts filled in."""
    for part in telling.body:
        text = str(part.sentence if isinstance(part, Only) else part)
        needed = set(NAMED.findall(text)) | ({part.fact} if isinstance(part, Only) else set())
        if needed <= facts.keys():
            yield text % facts


def _circle(case: Case, record: Mapping[str, Any]) -> Circle:
    by, key = str(record.get("by") or ""), str(record.get("limit") or "")
    limit = limit_of(case, key) if key else None
    return Circle(
        case=case,
        actor=User.objects.filter(pk=int(by)).first() if by.isdigit() else None,
        payer=str(record.get("payer") or ""),
        duty=limit.who if limit else "",
    )


def _rows(
    telling: Telling, case: Case, circle: Circle, facts: Mapping[str, str], event: str
) -> Iterator[Notice]:
    space = "" if translation.get_language() == "zh-hans" else " "
    body = space.join(sentences(telling, facts))
    link = reverse("open_case", args=[case.pk]) + (f"#{telling.part}" if telling.part else "")
    for receiver in circle.of(telling.to):
        for channel in _channels(telling, receiver):
            yield Notice(
                case=case,
                to=receiver.person,
                phone=receiver.phone if channel == Notice.Channel.SMS else "",
                channel=channel,
                kind=event,
                subject=str(telling.subject),
                body=body,
                link=link,
                code=new_code(),
            )


def _channels(telling: Telling, receiver: Receiver) -> Iterator[Notice.Channel]:
    if receiver.person:
        yield Notice.Channel.INBOX
    if receiver.phone and telling.sms:
        yield Notice.Channel.SMS
