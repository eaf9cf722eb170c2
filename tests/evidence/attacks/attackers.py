"""The attacks, one function for each row of the table. Everything that can be repaired without a key is repaired."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from evidence.bodies import seal_body
from evidence.canonical import canonical, link_hash
from evidence.deposits import TAKE_IN
from evidence.envelopes import write_envelope
from evidence.instants import rfc3339
from evidence.keys import chain_key
from evidence.log import integrator, publishing, trees
from evidence.models import Deposit, Entry
from evidence.safe.vault import seal_stream
from evidence.tlog import sm3
from evidence.tlog.merkle import SHA256, SM3, multiproof
from tests.evidence.attacks.rewriting import (
    Line,
    Story,
    append_line,
    changed_body,
    do,
    read_story,
    rewrite,
    with_keys_of_my_own,
    with_the_log_keys,
    without_keys,
)
from tests.evidence.attacks.stage import (
    BATCHES,
    CASES,
    NAMES,
    NOBODY,
    ONE,
    TWO_OF_THREE,
    Stage,
    a_round,
    packet_of,
    set_policy,
)
from tests.evidence.bagparts import zip_of
from tests.evidence.bags import with_lists

Attack = Callable[[Stage], None]


def nothing(stage: Stage) -> None:
    """Nobody attacks: nothing may be found."""


def edit_a_row(stage: Stage) -> None:
    entry = _some_entry(stage)
    c256 = Line.of(entry).envelope.c256
    sealed = seal_body(changed_body(entry), chain=entry.chain, c256=c256, key=chain_key(entry.chain))
    do("UPDATE evidence_entry SET body = %s WHERE id = %s", sealed, entry.pk)


def edit_and_rehash_a_row(stage: Stage) -> None:
    entry = _some_entry(stage)
    line = Line.of(entry).saying(changed_body(entry))
    envelope = write_envelope(**line.envelope._asdict())
    do("UPDATE evidence_entry SET envelope = %s, hash = %s, body = %s WHERE id = %s",
       envelope.decode(), link_hash(envelope), line.sealed, entry.pk)  # fmt: skip


def edit_and_rechain(stage: Stage) -> None:
    rewrite(_edited(stage), without_keys)


def delete_and_rechain(stage: Stage) -> None:
    story = read_story()
    batch = story[stage.chance.randrange(BATCHES)]
    del batch[stage.chance.randrange(len(batch))]
    rewrite(story, without_keys)


def reorder_and_rechain(stage: Stage) -> None:
    """Two entries of one case change places; the times stay where they were."""
    story = read_story()
    batch = story[stage.chance.randrange(BATCHES)]
    case = stage.chance.choice(CASES)
    first, second = [place for place, line in enumerate(batch) if line.chain == case][:2]
    one, two = batch[first], batch[second]
    batch[first], batch[second] = two.dated_as(one), one.dated_as(two)
    rewrite(story, without_keys)


def insert_and_rechain(stage: Stage) -> None:
    story = read_story()
    batch = story[stage.chance.randrange(BATCHES)]
    entry = _some_entry(stage)
    place = stage.chance.randrange(len(batch) + 1)
    batch.insert(place, Line.of(entry).saying(changed_body(entry)))
    rewrite(story, without_keys)


def delete_the_tail(stage: Stage) -> None:
    """Cut where a checkpoint ended, as an old backup would be: what is left is as it was."""
    rewrite([*read_story()[: stage.chance.randrange(1, BATCHES)], []], without_keys)


def forge_with_another_key(stage: Stage) -> None:
    rewrite(_edited(stage), with_keys_of_my_own)


def rewrite_with_the_log_key(stage: Stage) -> None:
    rewrite(_edited(stage), with_the_log_keys)


def show_the_court_another_history(stage: Stage) -> None:
    """The site goes on as it was; the court alone is given a packet out of another log under the stolen key."""
    case = stage.chance.choice(CASES)
    before = transaction.savepoint()
    rewrite(_edited(stage, case), with_the_log_keys)
    set_policy(stage.outside, NOBODY)
    stage.handed_over = packet_of(case)
    transaction.savepoint_rollback(before)
    integrator._memory.forget()


def drop_what_nothing_covers(stage: Stage) -> None:
    rewrite([*read_story()[:-1], []], without_keys)


def swap_a_file(stage: Stage) -> None:
    """Another file under the same key and name; every second time the hashes in the file's row, too."""
    deposit = stage.chance.choice(list(Deposit.objects.all()))
    path = Path(settings.MEDIA_ROOT) / deposit.stored
    before = path.read_bytes()
    content = b"x" * deposit.size
    path.chmod(0o600)
    with path.open("wb") as target:
        seal_stream(io.BytesIO(content), target, key=chain_key(deposit.chain))
    stage.undo.append(lambda: path.write_bytes(before))
    if stage.chance.random() < 0.5:
        fingerprint = (sha256(content).hexdigest(), sm3.digest(content).hex())
        do("UPDATE evidence_deposit SET sha256 = %s, sm3 = %s WHERE id = %s", *fingerprint, deposit.pk.hex)


def backdate(stage: Stage) -> None:
    """A new entry that says it is a month old, and that it had seen no checkpoint; then all goes its way."""
    entry = _some_entry(stage)
    line = Line.of(entry).saying(changed_body(entry))
    at = rfc3339(timezone.now() - timedelta(days=30))
    append_line(line.with_envelope(at=at), {})
    set_policy(stage.outside, TWO_OF_THREE)
    assert a_round()


def omit_the_last_records(stage: Stage) -> None:
    """The packet of a case without its last records; every list, number and proof is made to fit."""
    set_policy(stage.outside, TWO_OF_THREE)
    packet = packet_of(stage.chance.choice(CASES))
    with zipfile.ZipFile(io.BytesIO(packet)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(members["data/packet.json"])
    lines = members["data/chain.jsonl"].splitlines(keepends=True)[: -stage.chance.randint(1, 3)]
    indices, size = told["indices"][: len(lines)], told["checkpoint"]["size"]
    told |= {"count": len(lines), "head": link_hash(lines[-1][:-1]), "indices": indices}
    members = {
        name: data
        for name, data in members.items()
        if not name.startswith("data/bodies/") or int(name[12:18]) <= len(lines)
    }
    members |= {
        "data/packet.json": canonical(told),
        "data/chain.jsonl": b"".join(lines),
        "data/proof/multiproof": multiproof(
            SHA256, trees.subtree("sha256"), [*indices, size - 2, size - 1], size
        ),
        "data/proof/sm3/multiproof": multiproof(SM3, trees.subtree("sm3"), indices, size - 2),
    }
    stage.handed_over = zip_of(with_lists(members))


def roll_back_one_witness(stage: Stage) -> None:
    """With the stolen key, and the court's witness brought back to the day before it saw anything."""
    memories = stage.outside.memories()
    stage.outside.remember({name: memories[name] for name in NAMES if name != "court"})
    set_policy(stage.outside, ONE)
    rewrite(_edited(stage), with_the_log_keys, publish=publishing.publish)


def collude_with_all_witnesses(stage: Stage) -> None:
    """The log and everybody who vouches for it begin anew together."""
    stage.outside.remember({})
    set_policy(stage.outside, TWO_OF_THREE)
    rewrite(_edited(stage), with_the_log_keys, publish=publishing.publish)


ATTACKS: Mapping[str, Attack] = {
    one.__name__: one
    for one in (
        nothing, edit_a_row, edit_and_rehash_a_row, edit_and_rechain, delete_and_rechain, reorder_and_rechain,
        insert_and_rechain, delete_the_tail, forge_with_another_key, rewrite_with_the_log_key,
        show_the_court_another_history, drop_what_nothing_covers, swap_a_file, backdate, omit_the_last_records,
        roll_back_one_witness, collude_with_all_witnesses,
    )
}  # fmt: skip


def _some_entry(stage: Stage, case: str = "") -> Entry:
    """An act that the log holds, with another one of its case after it."""
    acts = Entry.objects.exclude(event=TAKE_IN).filter(leaf__isnull=False, seq__lte=6)
    return stage.chance.choice(list(acts.filter(chain=case) if case else acts))


def _edited(stage: Stage, case: str = "") -> Story:
    """The story with another sum in one act."""
    entry = _some_entry(stage, case)
    story, said = read_story(), changed_body(entry)
    c256 = Line.of(entry).envelope.c256
    return [[line.saying(said) if line.envelope.c256 == c256 else line for line in batch] for batch in story]
