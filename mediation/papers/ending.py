"""Contents of the papers about time and endings: more time, the end of the mediation, the letter of transfer."""

from typing import Any

from cases.models import Case, Exhibit
from cases.roles import Side
from cases.rules import limits
from cases.services.steps import rule_behind
from cases.workflow import Ending
from evidence import ledger
from evidence.models import Entry
from mediation.papers.facts import (
    ON_SITE,
    OTHER_ROUTES,
    ROLES,
    SOURCES,
    both_of,
    contact_of,
    day_of,
    name_of,
    people_of,
    record_at,
    shared_exhibits,
    story_of,
)
from mediation.papers.models import Paper

# What the mediator has not said is not made up (在线调解规则 Art 21 asks for both).
NOT_SAID = "本次终止不是由调解员作出，调解员尚未填写；填写后另行补发通知。"
OF_THE_TALKS = (
    "调解笔录、录音录像、各方提出的方案、作出的让步和保密陈述（人民法院在线调解规则第十八条、第二十二条）。"
)
HANDED_OVER = (
    Exhibit.Kind.CONTRACT,
    Exhibit.Kind.SCHEDULE,
    Exhibit.Kind.STATEMENT,
    Exhibit.Kind.IDENTITY,
)
PAPERS_HANDED_OVER = (
    "application",
    "acceptance_notice",
    "rights_notice",
    "delivery_address",
    "failure_notice",
)
TO_NOBODY_YET = "（受移送单位）"


def extension_consent(paper: Paper, case: Case) -> dict[str, Any]:
    """延长调解期限同意书: what both sides agreed to, and from which day to which."""
    said = record_at(case, paper.seq)
    asked = case.extensions.filter(
        claimant_agreed_at__isnull=False, respondent_agreed_at__isnull=False, at__lte=paper.asked_at
    ).first()
    clock = case.clocks.filter(limit="mediation").order_by("pk").last()
    limit = rule_behind(clock) if clock else None
    told: dict[str, Any] = {
        "parties": people_of(case),
        "mediator": str(asked.asked_by) if asked else str(case.mediator or ""),
        "reason": asked.reason if asked else "",
        "days": asked.days if asked else said.get("days"),
        "was_due_on": said.get("was_due_on") or (_due_before(case, asked.days) if asked else None),
        "due_on": said.get("due_on") or (clock.due_on if clock else None),
        "article": limit.article if limit else "",
    }
    agreed = {
        Side.CLAIMANT: asked.claimant_agreed_at if asked else None,
        Side.RESPONDENT: asked.respondent_agreed_at if asked else None,
    }
    told["signatures"] = [
        {
            "role": ROLES[Side(party.side)],
            "name": name_of(party),
            "at": agreed[Side(party.side)],
            "method": ON_SITE,
        }
        for party in case.parties.all()
    ]
    return told


def _due_before(case: Case, days: int) -> Any:
    """The last day without these days more, by the rule of the clock."""
    clock = case.clocks.filter(limit="mediation").order_by("pk").last()
    limit = rule_behind(clock) if clock else None
    if clock is None or limit is None:
        return None
    return limits.due(limit, clock.started_on, extension=max(0, clock.days_extended - days)).due_on


def failure_notice(paper: Paper, case: Case) -> dict[str, Any]:
    """调解终止通知书, with what 在线调解规则 Art 21 asks to be recorded."""
    said = record_at(case, paper.seq)
    ending = Ending(said.get("ending") or case.ending)
    return {
        "to": both_of(case),
        "parties": people_of(case),
        "started_on": day_of(case.accepted_at),
        "ended_on": day_of(case.closed_at or paper.asked_at),
        "facts": story_of(case),
        "ground": str(ending.label),
        "reasons": case.ending_note or str(ending.label),
        "cost_conduct": said.get("cost_conduct") or NOT_SAID,
        "court_notes": said.get("court_notes") or NOT_SAID,
        "other_routes": OTHER_ROUTES,
        "mediator": str(case.mediator) if case.mediator else "未指派调解员",
    }


def transfer_letter(paper: Paper, case: Case) -> dict[str, Any]:
    """移送函 to the court that sent the case (or to whom the record names), with the list of what goes along."""
    return transfer_content(case, record_at(case, paper.seq))


def transfer_content(case: Case, said: Any) -> dict[str, Any]:
    """The letter from what was said about it: to, their_number, cost_conduct, court_notes, consents."""
    court = case.centre.court if case.centre else None
    said = {**said_of_the_end(case), **{key: words for key, words in said.items() if words}}
    told = {
        "to": said.get("to") or (court.name if court else TO_NOBODY_YET),
        "their_number": said.get("their_number", ""),
        "parties": people_of(case),
        "source": SOURCES.get(case.profile, SOURCES["self_accepted"]),
        "accepted_on": day_of(case.accepted_at),
        "ended_on": day_of(case.closed_at),
        "ground": str(Ending(case.ending).label) if case.ending else "",
        "facts": story_of(case),
        "reasons": case.ending_note or (str(Ending(case.ending).label) if case.ending else ""),
        "cost_conduct": said.get("cost_conduct") or NOT_SAID,
        "court_notes": said.get("court_notes") or NOT_SAID,
        "materials": materials_of(case),
        "kept_back": OF_THE_TALKS,
        "consents": said.get("consents", ""),
        "mediator": str(case.mediator) if case.mediator else "未指派调解员",
        "contact": contact_of(case),
    }
    return {key: value for key, value in told.items() if value != ""}


def said_of_the_end(case: Case) -> dict[str, Any]:
    """What the mediator last wrote about costs and for the court (在线调解规则 Art 21); empty where nobody did."""
    written = Entry.objects.filter(chain=case.chain, event__in=["case.end", "ending.describe"])
    entry = written.order_by("-seq").first()
    record = (ledger.read(entry) if entry else None) or {}
    return {key: record.get(key, "") for key in ("cost_conduct", "court_notes")}


def materials_of(case: Case) -> list[dict[str, str]]:
    """What goes along: papers that tell no concession, contract papers, and the facts that both sides confirmed."""
    papers = case.papers.filter(kind__in=PAPERS_HANDED_OVER, exhibit__isnull=False).select_related("exhibit")
    rows = [{"name": str(paper.exhibit.title), "note": "本组织制作"} for paper in papers if paper.exhibit]
    kinds = [str(kind) for kind in HANDED_OVER]
    rows += [
        {"name": f"{exhibit.number:02d} {exhibit.title}", "note": f"{exhibit.get_by_role_display()}提交"}
        for exhibit in shared_exhibits(case)
        if exhibit.kind in kinds
    ]
    confirmed = case.exhibits.filter(kind="document", withdrawn_at__isnull=True)
    rows += [
        {"name": str(exhibit.title), "note": "双方确认"}
        for exhibit in confirmed
        if "无争议事实" in exhibit.title
    ]
    return rows
