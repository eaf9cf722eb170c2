"""Looking at everything that is kept, anew: the log, every chain and body, every file, token and trigger.

The first finding about the log names the index of the first entry that does not hold. Nothing is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from evidence.bodies import read
from evidence.deposits import TAKE_IN, matches
from evidence.errors import CannotUnseal, NeverWill, StorageUnreachable, TokenRefused
from evidence.guards import missing_guards
from evidence.log.rereading import reread_log
from evidence.log.stamping import digest_of
from evidence.models import ChainHead, Deposit, Entry, Leaf, Outbox, Token
from evidence.time.timestamps import current_authorities
from evidence.walking import first_break


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not hold; `index` says where in the log, if it is about an entry of the log."""

    text: str
    index: int | None = None

    def __str__(self) -> str:
        return self.text if self.index is None else f"log #{self.index}: {self.text}"


def findings() -> Iterator[Finding]:
    """Everything that does not hold, the log first."""
    yield from (Finding(f"the trigger {name} is missing") for name in missing_guards())
    yield from (Finding(flaw.reason, flaw.index) for flaw in reread_log())
    yield from _lost_entries()
    for chain in known_chains():
        if found := first_break(chain):
            yield Finding(str(found), _index_of(chain, found.index))
    yield from _bad_deposits()
    yield from _bad_tokens()


def first_bad_index(found: list[Finding]) -> int | None:
    """The lowest index of the log that a finding names."""
    return min((one.index for one in found if one.index is not None), default=None)


def known_chains() -> list[str]:
    """Every chain that has a head or an entry."""
    heads = set(ChainHead.objects.values_list("chain", flat=True))
    return sorted(heads | set(Entry.objects.order_by().values_list("chain", flat=True).distinct()))


def _index_of(chain: str, seq: int) -> int | None:
    return Leaf.objects.filter(entry__chain=chain, entry__seq=seq).values_list("index", flat=True).first()


def _lost_entries() -> Iterator[Finding]:
    """What stands in line for the log without being there, or twice."""
    there = Exists(Entry.objects.filter(pk=OuterRef("entry_id")))
    for pk in Outbox.objects.exclude(there).values_list("entry_id", flat=True):
        yield Finding(f"entry {pk} waits for the log and is not there")
    logged = Exists(Leaf.objects.filter(entry_id=OuterRef("entry_id")))
    for pk in Outbox.objects.filter(logged).values_list("entry_id", flat=True):
        yield Finding(f"entry {pk} is in the log and waits for it still")


def _bad_deposits() -> Iterator[Finding]:
    there = set(Deposit.objects.values_list("chain", "seq"))
    for chain, seq in Entry.objects.filter(event=TAKE_IN).values_list("chain", "seq"):
        if (chain, seq) not in there:
            yield Finding(f"{chain} #{seq}: the deposit of this entry is missing", _index_of(chain, seq))
    for deposit in Deposit.objects.filter(name__isnull=False).iterator(chunk_size=500):
        chain, seq = deposit.chain, deposit.seq
        try:
            if not matches(deposit):
                text = f"{chain} #{seq}: the file {deposit.stored} does not match its hashes"
                yield Finding(text, _index_of(chain, seq))
        except StorageUnreachable as error:
            yield Finding(f"{chain} #{seq}: the storage did not give the file {deposit.stored}: {error}")
        if not _is_linked(deposit):
            yield Finding(f"{chain} #{seq}: no entry says that deposit {deposit.pk} was taken in")


def _is_linked(deposit: Deposit) -> bool:
    entry = Entry.objects.filter(chain=deposit.chain, seq=deposit.seq, event=TAKE_IN).first()
    try:
        record = read(entry) if entry else None
    except CannotUnseal:
        return False
    if record is None:
        return False
    kept = (deposit.sha256, deposit.sm3, deposit.size)
    return (record.get("sha256"), record.get("sm3"), record.get("size")) == kept


def _bad_tokens() -> Iterator[Finding]:
    """Tokens of authorities that the settings no longer name are left to whoever reads the packet."""
    authorities = {one.name: one for one in current_authorities()}
    tokens = Token.objects.filter(authority__in=authorities).select_related("checkpoint")
    for token in tokens.iterator(chunk_size=500):
        try:
            at = authorities[token.authority].verify(bytes(token.der), digest_of(token.checkpoint))
        except (TokenRefused, NeverWill) as error:
            yield Finding(f"the timestamp of checkpoint {token.checkpoint_id} does not hold: {error}")
        else:
            if at != token.at:
                yield Finding(f"the timestamp of checkpoint {token.checkpoint_id} says another time")
