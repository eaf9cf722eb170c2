"""联系阶梯: a notice of legal effect gets its ladder in the transaction of the fact that it tells of."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from cases.models import Case, Party
from cases.roles import Side
from cases.rules.delivery import Action, delivery_rules, every_row
from evidence.models import Entry
from mediation.notices.assessing import ROLE_OF, look_again
from mediation.notices.codes import new_code
from mediation.notices.models import Ladder, Notice, Rung


def begin_ladders(case: Case, entry: Entry, rows: Iterable[tuple[str, Notice]]) -> None:
    """Write a ladder for each side that this entry gives notice to, with every step it may need.

    `rows` are the messages of the entry, each with its side; those of a side hang on its steps from here on. A side
    that no message reaches has its ladder, too: somebody has to call, or to write.
    """
    rules = delivery_rules(timezone.localdate(entry.at))
    by_side: dict[str, list[Notice]] = defaultdict(list)
    for side, notice in rows:
        by_side[side].append(notice)
    for party in case.parties.all():
        if party.side == Side.RESPONDENT and not case.accepted_at:
            continue  # before acceptance the other side has not been asked, and is not told
        for matter in rules.matters_of(entry.event, party.side):
            _begin(case, entry, party, matter.key, str(matter.words), by_side[party.side])


def _begin(case: Case, entry: Entry, party: Party, matter: str, words: str, notices: list[Notice]) -> None:
    ladder, made = Ladder.objects.get_or_create(
        case=case,
        party=party,
        matter=matter,
        seq=entry.seq,
        defaults={
            "event": entry.event,
            "subject": notices[0].subject if notices else words,
            "code": new_code(),
            "written_at": entry.at,
        },
    )
    if not made:
        return
    for step in delivery_rules(timezone.localdate(entry.at)).steps.values():
        rung = Rung(ladder=ladder, step=step.key, channel=step.channel, due_at=step.moment(entry.at))
        mine = [one for one in notices if one.channel == step.channel]
        if step.does == Action.SEND and not step.n:
            rung.done_at = entry.at
            rung.outcome = Rung.Outcome.SENT if mine else Rung.Outcome.NO_ADDRESS
        rung.save()
        if rung.done_at:
            for one in mine:
                one.rung = rung


def answers_something(entry: Entry) -> bool:
    """Whether this is an act by which somebody may answer a notice of legal effect."""
    return any(entry.event in matter.acts for matter in every_row()[0])


def look_at_answered(case: Case, entry: Entry) -> None:
    """A side did something: look again at what it was given notice of and what is not delivered yet."""
    if not answers_something(entry):
        return
    theirs = [party.pk for party in case.parties.all() if ROLE_OF[Side(party.side)] == entry.role]
    keys = {matter.key for matter in every_row()[0] if entry.event in matter.acts}
    waiting = Ladder.objects.filter(case=case, party__in=theirs, matter__in=keys, delivered_at__isnull=True)
    for pk in list(waiting.values_list("pk", flat=True)):
        look_again(pk)
