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
from mediation.notices.addresses import confirmed_addresses
from mediation.notices.codes import new_code
from mediation.notices.facts import facts_of, limit_of
from mediation.notices.ladders import answers_something, begin_ladders, look_at_answered
from mediation.notices.models import Notice
from mediation.notices.receivers import Circle, Receiver
from mediation.notices.tasks import deliver_after_commit
from mediation.notices.tellings import TELLINGS, Only, Telling

NAMED = re.compile(r"%\((\w+)\)s")


def write_notices(sender: object, entry: Entry, record: Mapping[str, Any], **kwargs: Any) -> None:
    """Write a PENDING row for every message that this entry calls for, in the language of the site.

    A notice of legal effect gets its ladder with it; an act that answers one is looked at, too.
    """
    tellings = TELLINGS.get(entry.event)
    case = case_of(entry) if tellings or answers_something(entry) else None
    if case is None:
        return
    if tellings:
        circle = _circle(case, record)
        with translation.override(settings.LANGUAGE_CODE):
            facts = facts_of(case, entry, record)
            rows = [row for telling in tellings for row in _rows(telling, case, circle, facts, entry.event)]
        begin_ladders(case, entry, rows)
        if rows:
            Notice.objects.bulk_create([row for _side, row in rows])
            deliver_after_commit()
    look_at_answered(case, entry)


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
        duty=limit.who if limit else str(record.get("duty") or ""),
    )


def _rows(
    telling: Telling, case: Case, circle: Circle, facts: Mapping[str, str], event: str
) -> Iterator[tuple[str, Notice]]:
    """Each message with the side that it goes to; empty for staff."""
    space = "" if translation.get_language() == "zh-hans" else " "
    body = space.join(sentences(telling, facts))
    link = reverse("open_case", args=[case.pk]) + (f"#{telling.part}" if telling.part else "")
    told = {"case": case, "kind": event, "subject": str(telling.subject), "body": body, "link": link}
    receivers = circle.of(telling.to)
    emails = confirmed_addresses(one.person for one in receivers if one.person) if telling.sms else {}
    for receiver in receivers:
        if receiver.person:
            yield receiver.side, one_message(receiver, Notice.Channel.INBOX, **told)
        if telling.sms:
            for row in outside_messages(receiver, emails, **told):
                yield receiver.side, row


def outside_messages(receiver: Receiver, emails: Mapping[int, str], **told: Any) -> Iterator[Notice]:
    """A text message and an e-mail, as far as this receiver has a number and a confirmed address."""
    if receiver.phone:
        yield one_message(receiver, Notice.Channel.SMS, phone=receiver.phone, **told)
    if receiver.person and (email := emails.get(receiver.person.pk)):
        yield one_message(receiver, Notice.Channel.EMAIL, email=email, **told)


def one_message(receiver: Receiver, channel: Notice.Channel, **told: Any) -> Notice:
    """A row that is not kept yet."""
    return Notice(to=receiver.person, channel=channel, code=new_code(), **told)
