"""Everything that the page of a case shows, for either door."""

from typing import Any

from django.urls import reverse

from cases.models import Case, User
from evidence.models import Entry
from mediation.delivered import ladders_of
from mediation.hearings.models import Hearing
from mediation.parties import offer, reading
from mediation.parties.doors import Door
from mediation.parties.forms.payments import still_open
from mediation.parties.inbox import messages_of
from mediation.parties.situation import Situation
from mediation.parties.story import happened
from mediation.parties.turn import is_to_be_told, offers, offers_aside, what_now
from mediation.performance.services import balance
from mediation.seals import LEGAL_ACTS, waiting_acts

SHOWN_MESSAGES = 3


def case_context(case: Case, person: User, door: Door) -> dict[str, Any]:
    """The context of a case page."""
    s = Situation(case, person)
    files = reading.files_of(s)
    now = what_now(s, door)
    buttons = [one for one in offers(s, door) if now.offer is None or one.url != now.offer.url]
    return {
        "case": case,
        "situation": s,
        "door": door,
        "now_to_do": now,
        "offers": buttons,
        "graver": any(one.grave for one in buttons),
        "stages": reading.stages_of(s),
        "clocks": reading.clocks_of(s),
        "claims": list(case.claims.select_related("answer")),
        "mine": reading.evidence_rows(s, door, files, mine=True),
        "theirs": reading.evidence_rows(s, door, files, mine=False),
        "held": reading.held_at(s, door),
        "paper_offers": offers_aside(s, door, "papers"),
        "bid_offers": offers_aside(s, door, "bids"),
        "told": told_rows(s, door),
        "reach_offers": offers_aside(s, door, "delivery"),
        "papers": reading.paper_rows(s, door, files),
        "story": happened(s),
        **_receipts(case, door),
        "meetings": [meeting_row(door, one) for one in s.hearings],
        "facts_url": reverse(f"{door.name}:facts", args=[case.docket]) if case.fact_sheets.exists() else "",
        **_addresses(s, door),
        "notices": list(messages_of(person, case)[:SHOWN_MESSAGES]),
        "terms": offer.terms_of(s, s.proposal) if s.proposal else [],
        "instalments": [instalment_row(s, door, one) for one in s.instalments],
        "balance": balance(case) if s.instalments else None,
    }


def _receipts(case: Case, door: Door) -> dict[str, Any]:
    """Where the receipts are, once there is something to prove; and what is still being sealed."""
    there = Entry.objects.filter(chain=case.chain, event__in=LEGAL_ACTS).exists()
    return {
        "receipts_url": reverse(f"{door.name}:receipts", args=[case.docket]) if there else "",
        "waiting": waiting_acts(case) if there else [],
    }


def _addresses(s: Situation, door: Door) -> dict[str, str]:
    """Where the papers of this case are read; empty for what is not there."""

    def paper_url(number: int | None) -> str:
        return reverse(f"{door.name}:paper", args=[s.case.docket, number]) if number else ""

    open_now = s.is_proposal_open
    return {
        "proposal_url": door.url("proposal", s.case) if open_now else "",
        "agreement_url": reverse(f"{door.name}:agreement", args=[s.case.docket]) if s.agreement else "",
        "ruling_url": paper_url(s.ruling.paper.number if s.ruling else None),
        "enforcement_url": paper_url(s.enforcement.paper.number if s.enforcement else None),
        "add_url": door.url("evidence", s.case) if not s.case.is_closed else "",
    }


def told_rows(s: Situation, door: Door) -> list[dict[str, Any]]:
    """What this side was given notice of, with the page on which it may say that it was received."""
    return [
        {
            "shown": one,
            "received_url": ""
            if one.ladder.delivered_at or one.ladder.confirmed_at
            else door.url("notice-received", s.case, one.ladder.pk),
        }
        for one in ladders_of(s.case, s.party)
    ]


def meeting_row(door: Door, hearing: Hearing) -> dict[str, Any]:
    """One meeting, with the page to go to: the room, or its minutes once it has ended."""
    ended = hearing.state == Hearing.State.ENDED
    where = "transcript" if ended else "hearing"
    return {"hearing": hearing, "url": reverse(f"{door.name}:{where}", args=[hearing.pk])}


def instalment_row(s: Situation, door: Door, one: Any) -> dict[str, Any]:
    """One line of the table of payments, with what this side can do about it."""
    open_now = s.stage == "performance"
    told = [
        {
            "payment": payment,
            "received_url": door.url("received", s.case, payment.pk),
            "not_received_url": door.url("not-received", s.case, payment.pk),
            "can_reply": open_now
            and one.payer != s.side
            and not payment.confirmed_at
            and not payment.disputed,
        }
        for payment in one.payments.all()
    ]
    return {
        "instalment": one,
        "mine": one.payer == s.side,
        "open_fen": still_open(one),
        "told": told,
        "pay_url": door.url("pay", s.case, one.pk) if open_now and is_to_be_told(one) else "",
        "days": reading.days_in_words(one.due_on, s.today),
    }
