"""The keys of the log replaced, so that everybody can follow: the new one signed by the old."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evidence.canonical import canonical, parse
from evidence.errors import TryLater
from evidence.log import integrator, publishing, rotation, signing, state
from evidence.log.audit import findings
from evidence.log.policy import current_policy, policy_path
from evidence.log.rotation import (
    prepared_key,
    read_rotation,
    rotate,
    update_policy,
    with_our_keys,
)
from evidence.log.signing import ED25519, SM2, log_signer, policy_log_lines, sm2_signer
from evidence.models import CheckpointRow, Leaf, LogKey, LogState
from evidence.tlog.notes import Line, SignedNote
from evidence.tlog.policies import Policy, PolicyRefused
from evidence.witness.keys import WitnessKey
from tests.evidence.log.entries import write

pytestmark = pytest.mark.django_db


def test_the_new_key_signs_from_the_next_checkpoint_on() -> None:
    before = write(3)
    old = log_signer()

    done = rotate()

    assert (done.old, done.new) == (old.vkey, log_signer().vkey)
    assert done.from_size == before + 1
    [first, second] = CheckpointRow.objects.order_by("size")
    assert SignedNote.parse(first.note).lines_by(done.old)
    assert SignedNote.parse(second.note).lines_by(done.new)
    assert not SignedNote.parse(second.note).lines_by(done.old)
    assert second.size == before + 3  # the record and the two that close a checkpoint
    assert write() == second.size + 3


@pytest.mark.parametrize("kind", [ED25519, SM2])
def test_the_log_says_so_and_both_keys_signed_it(kind: str) -> None:
    write()
    origin = log_signer().vkey.name
    done = rotate(kind)

    record = next(leaf.data for leaf in Leaf.objects.filter(data__contains='"typ":"key"')).encode()

    told = parse(record)
    assert sorted(told) == ["log", "new", "old", "sig_new", "sig_old", "typ", "v"]
    assert (told["old"], told["new"]) == (str(done.old), str(done.new))
    assert read_rotation(record, origin) == (done.old, done.new)
    assert read_rotation(record, "other.example") is None
    other = str((sm2_signer() if kind == ED25519 else log_signer()).vkey)
    for change in (
        {**told, "new": str(done.old)}, {**told, "sig_new": told["sig_old"]}, {**told, "log": "other.example"},
        {**told, "more": 1}, {name: told[name] for name in told if name != "sig_old"}, {**told, "sig_old": "!"},
        {**told, "new": told["old"], "sig_new": told["sig_old"]}, {**told, "new": other}, {**told, "typ": "keys"},
    ):  # fmt: skip
        assert read_rotation(canonical(change), origin) is None
    assert read_rotation(record + b" ", origin) is None
    assert read_rotation(b"[]", origin) is None


def test_the_sm2_key_is_replaced_in_the_same_way() -> None:
    before = write(3)
    current_policy()
    old = sm2_signer().vkey

    done = rotate(SM2)

    assert (done.old, done.new, done.from_size) == (old, sm2_signer().vkey, before + 1)
    assert done.new.name == f"{log_signer().vkey.name}/sm3"
    [first, second] = CheckpointRow.objects.order_by("size")
    assert SignedNote.parse(first.sm3_note).lines_by(done.old)
    assert SignedNote.parse(second.sm3_note).lines_by(done.new)
    assert not SignedNote.parse(second.sm3_note).lines_by(done.old)
    assert update_policy()
    text = policy_path().read_text()
    assert f"log {done.old} sizes:-{before + 1}\n" in text
    assert f"log {done.new} sizes:{before + 1}-\n" in text
    policy = current_policy()
    for row in CheckpointRow.objects.all():
        assert policy.accept_sm3(SignedNote.parse(row.sm3_note), log_signer().vkey.name)
    stale = SignedNote.parse(second.sm3_note)
    signed = signing.signer_of(LogKey.objects.get(vkey=str(old))).sign(stale.text.encode())
    with pytest.raises(PolicyRefused):  # who steals the old key later signs nothing that counts
        policy.accept_sm3(
            SignedNote(stale.text, (Line(old.name, old.key_id, signed),)),
            log_signer().vkey.name,
        )


def test_both_keys_again_and_again_and_the_whole_log_rereads() -> None:
    for kind in (SM2, ED25519, SM2, SM2, ED25519):
        write()
        rotate(kind)
        update_policy()
    write()
    assert publishing.publish().is_published

    assert list(findings()) == []
    policy, origin = current_policy(), log_signer().vkey.name
    assert (len(policy.keys_of(origin)), len(policy.sm3_keys_of(origin))) == (3, 4)
    for row in CheckpointRow.objects.all():
        assert policy.accept(SignedNote.parse(row.note), origin)
        assert policy.accept_sm3(SignedNote.parse(row.sm3_note), origin)


@pytest.mark.parametrize("kind", [ED25519, SM2])
def test_a_key_that_nobody_handed_the_log_is_found(kind: str) -> None:
    """Who holds the database and its secret can put another key in the place of ours, but not say so in the log."""
    before = write()
    row = LogKey.objects.get(kind=kind)
    LogKey.objects.filter(pk=row.pk).update(to_size=before + 1)
    signing.make_key(kind, row.name, from_size=before + 1)
    after = write()

    [found] = [one for one in findings() if one.index is not None]

    assert (found.index, "no record hands the log over" in found.text) == (after - 1, True)


def test_the_command_replaces_the_sm2_key_in_one_step() -> None:
    write()
    current_policy()
    witness = WitnessKey.make(policy_path().parent / "w", "w.example").vkey
    policy_path().write_text("\n".join([*policy_log_lines(), f"witness w {witness}", "quorum w", ""]))
    before, log_key = sm2_signer().vkey, log_signer().vkey

    said = io.StringIO()
    call_command("rotate_log_key", sm3=True, stdout=said)

    assert log_signer().vkey == log_key
    assert sm2_signer().vkey != before
    assert {str(before), str(sm2_signer().vkey)} <= set(said.getvalue().split())
    assert [key.name for key in Policy.parse(policy_path().read_bytes()).sm3_keys_of(log_key.name)] == [
        before.name
    ] * 2


def test_the_policy_says_which_key_counts_for_what() -> None:
    before = write()
    current_policy()
    policy_path().write_text("# ours\n" + policy_path().read_text() + "# end\n")
    done = rotate()

    assert update_policy()
    assert not update_policy()

    text = policy_path().read_text()
    assert f"log {done.old} sizes:-{before + 1}\n" in text
    assert f"log {done.new} sizes:{before + 1}-\n" in text
    assert text.startswith("# ours\n")
    assert text.endswith("quorum none\n# end\n")
    policy = current_policy()
    for row in CheckpointRow.objects.all():
        assert policy.accept(SignedNote.parse(row.note), done.old.name).checkpoint.size == row.size


def test_a_stolen_old_key_signs_nothing_that_counts() -> None:
    write()
    old = log_signer()
    rotate()
    update_policy()
    newest = SignedNote.parse(CheckpointRow.objects.latest("size").note)

    forged = SignedNote(
        newest.text,
        (Line(old.vkey.name, old.vkey.key_id, old.sign(newest.text.encode())),),
    )

    with pytest.raises(PolicyRefused):
        current_policy().accept(forged, old.vkey.name)


def test_rotating_again_and_again() -> None:
    keys = {str(log_signer().vkey)}
    for _ in range(3):
        write()
        keys.add(str(rotate().new))
        update_policy()
    write()

    assert len(keys) == 4
    assert len(current_policy().keys_of(log_signer().vkey.name)) == 4
    for row in CheckpointRow.objects.all():
        assert current_policy().accept(SignedNote.parse(row.note), log_signer().vkey.name)
    assert publishing.publish().is_published


def test_a_log_without_leaves_can_rotate_too() -> None:
    first = log_signer().vkey
    assert rotate().from_size == 1
    assert log_signer().vkey != first


def test_a_rotation_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before, size = log_signer().vkey, write()

    def fail(**_: object) -> None:
        raise TryLater("the disk is full")

    monkeypatch.setattr(integrator, "integrate", fail)
    with pytest.raises(TryLater):
        rotate()

    assert log_signer().vkey == before
    assert LogState.objects.get().size == size
    monkeypatch.undo()
    assert write() == size + 3


def test_whoever_had_the_turn_must_take_it_again() -> None:
    write()
    lease = state.take_lease("run_log")
    rotate()

    with pytest.raises(state.Fenced):
        integrator.integrate(lease=lease)
    assert state.take_lease("run_log")


def test_lines_of_others_stay_in_the_policy() -> None:
    write()
    ours = policy_log_lines()
    stranger = "log other.example+00000000+AAAA"
    policy = f"# a\n{stranger}\n{ours[1]}\n\n{ours[0]} https://log.example\nquorum none\n".encode()

    assert with_our_keys(policy) == f"# a\n{stranger}\n{ours[0]}\n{ours[1]}\n\nquorum none\n".encode()
    assert with_our_keys(b"quorum none\n") == f"{ours[0]}\n{ours[1]}\nquorum none\n".encode()


def test_the_command_takes_two_steps_where_there_are_witnesses() -> None:
    write()
    current_policy()
    witness = WitnessKey.make(policy_path().parent / "w", "w.example").vkey
    ours = policy_log_lines()
    policy_path().write_text("\n".join([*ours, f"witness w {witness}", "quorum w", ""]))

    with pytest.raises(CommandError, match="--prepare"):
        call_command("rotate_log_key")
    said = io.StringIO()
    call_command("rotate_log_key", prepare=True, stdout=said)
    call_command("rotate_log_key", prepare=True, stdout=said)
    prepared = prepared_key()
    assert said.getvalue().count(str(prepared)) == 2
    assert log_signer().vkey != prepared
    assert str(prepared) not in policy_path().read_text()

    call_command("rotate_log_key", stdout=said)

    assert log_signer().vkey == prepared
    assert prepared_key() is None
    policy = Policy.parse(policy_path().read_bytes())
    assert prepared in policy.keys_of(prepared.name)
    assert policy.quorum == "w"


def test_a_policy_that_cannot_be_written_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    write()
    current_policy()
    monkeypatch.setattr(rotation, "_replace", lambda path, content: Path("/proc/none").write_bytes(content))

    with pytest.raises(CommandError, match="Put these lines into it yourself") as told:
        call_command("rotate_log_key", at_once=True, stdout=io.StringIO())
    assert all(line in str(told.value) for line in policy_log_lines())
    monkeypatch.undo()
    call_command("rotate_log_key", policy=True, stdout=io.StringIO())
    assert write()
    assert publishing.publish().is_published


def test_a_policy_that_cannot_be_read_stops_the_rotation() -> None:
    before = log_signer().vkey
    policy_path().write_text("nonsense\n")

    with pytest.raises(CommandError, match="as they were"):
        call_command("rotate_log_key", stdout=io.StringIO())
    assert log_signer().vkey == before
