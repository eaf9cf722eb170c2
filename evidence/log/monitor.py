"""How the log is doing, for the people who run it: lag, checkpoints, witnesses, clocks, and what is wrong now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from evidence.guards import missing_guards
from evidence.log.policy import current_policy, witness_urls
from evidence.log.problems import in_words
from evidence.log.state import begin_log, is_held
from evidence.models import CheckpointRow, Entry, Leaf, LogState, Outbox, WitnessState
from evidence.time.timestamps import current_authorities
from evidence.tlog.policies import PolicyRefused

LONGEST_DELAY_S = 60.0  # from the writing of an entry to a published checkpoint that covers it
LARGEST_DRIFT_S = 5.0  # between our clock and those outside


@dataclass(frozen=True, slots=True)
class Outsider:
    """A witness or a time authority."""

    kind: str  # WitnessState.Kind
    name: str
    url: str
    size: int  # the newest checkpoint that they saw; 0: none
    good_at: datetime | None  # by our clock
    seen_at: datetime | None  # by theirs, of their last signature
    drift_s: float | None  # their clock less ours
    bad_at: datetime | None
    problem: str  # of the last attempt; empty when it went well

    @property
    def is_well(self) -> bool:
        """Whether the last attempt went well, and their clock agrees with ours."""
        return self.good_at is not None and not self.problem and not self.drifts

    @property
    def drifts(self) -> bool:
        """Whether their clock and ours differ by more than five seconds."""
        return self.drift_s is not None and abs(self.drift_s) > LARGEST_DRIFT_S


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must see to. `code` is stable; `words` are for people."""

    code: str
    words: str | Promise


@dataclass(frozen=True, slots=True)
class Health:
    """The log at one moment."""

    at: datetime
    origin: str
    size: int  # leaves, published or not
    published_size: int
    in_line: int  # entries that are not in the log yet
    uncovered: int  # entries that no published checkpoint covers, those in line included
    lag_s: float  # age of the oldest of these; 0 when there are none
    checkpoint: CheckpointRow | None  # the newest published one
    checkpoint_age_s: float | None
    holder: str  # who does the work now; empty: nobody
    policy_problem: str
    witnesses: list[Outsider] = field(default_factory=list)
    clocks: list[Outsider] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """No alarm."""
        return not self.alarms


def health() -> Health:
    """How the log is now. Asks nobody outside; a handful of queries, however long the log."""
    now, state = timezone.now(), begin_log()
    in_line = Outbox.objects.count()
    logged = Leaf.objects.filter(index__gte=state.published_size, entry__isnull=False).count()
    oldest = _oldest_uncovered(state)
    lag_s = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    newest = CheckpointRow.objects.filter(size=state.published_size).first()
    age_s = (now - newest.published_at).total_seconds() if newest and newest.published_at else None
    witnesses, policy_problem = _witnesses(state)
    clocks = _known(WitnessState.Kind.CLOCK, {one.name: "" for one in current_authorities()})
    found = Health(
        at=now,
        origin=state.origin,
        size=state.size,
        published_size=state.published_size,
        in_line=in_line,
        uncovered=in_line + logged,
        lag_s=lag_s,
        checkpoint=newest,
        checkpoint_age_s=age_s,
        holder=state.holder if is_held(state) else "",
        policy_problem=policy_problem,
        witnesses=witnesses,
        clocks=clocks,
    )
    found.alarms.extend(_alarms(found, state))
    return found


def _oldest_uncovered(state: LogState) -> datetime | None:
    """When the oldest entry that nothing covers was written. Chains are logged in order, so two looks are enough."""
    waiting = (
        Entry.objects.filter(waiting__isnull=False).order_by("waiting").values_list("at", flat=True).first()
    )
    beyond = Leaf.objects.filter(index__gte=state.published_size, entry__isnull=False).order_by("index")
    logged = beyond.values_list("entry__at", flat=True).first()
    return min((at for at in (waiting, logged) if at is not None), default=None)


def _witnesses(state: LogState) -> tuple[list[Outsider], str]:
    try:
        policy, urls = current_policy(), witness_urls()
    except (PolicyRefused, OSError) as error:
        return [], in_words(str(error))
    named = {name: urls.get(name, "") for name in policy.witnesses}
    return _known(WitnessState.Kind.WITNESS, named), in_words(state.problem)


def _known(kind: str, urls: dict[str, str]) -> list[Outsider]:
    rows = {row.name: row for row in WitnessState.objects.filter(kind=kind, name__in=urls)}
    found = []
    for name, url in urls.items():
        row = rows.get(name) or WitnessState(kind=kind, name=name)
        found.append(
            Outsider(
                kind,
                name,
                url,
                row.size,
                row.good_at,
                row.seen_at,
                row.drift_s,
                row.bad_at,
                in_words(row.problem),
            )
        )
    return found


def _alarms(found: Health, state: LogState) -> Iterator[Alarm]:
    if found.lag_s > LONGEST_DELAY_S:
        delay = _("An entry has been waiting for %(s)d seconds to be sealed.")
        yield Alarm("delay", delay % {"s": found.lag_s})
    if found.policy_problem and found.size > found.published_size:
        policy = _("The newest checkpoint is not published: %(why)s.")
        yield Alarm("policy", policy % {"why": found.policy_problem})
    for one in (*found.witnesses, *found.clocks):
        if one.problem:
            yield Alarm("outside", _("%(name)s: %(why)s.") % {"name": one.name, "why": one.problem})
        if one.drifts:
            clock = _("The clock of %(name)s and ours differ by %(s)d seconds.")
            yield Alarm("clock", clock % {"name": one.name, "s": one.drift_s})
    if _is_late_for_stamp(found, state):
        yield Alarm("stamp", _("The newest checkpoint has no timestamp from outside."))
    if names := missing_guards():
        yield Alarm("guards", _("Triggers are missing: %(names)s.") % {"names": ", ".join(names)})


def _is_late_for_stamp(found: Health, state: LogState) -> bool:
    row = found.checkpoint
    if row is None or row.published_at is None or state.seen_size >= row.size:
        return False
    return found.at - row.published_at > timedelta(seconds=LONGEST_DELAY_S)
