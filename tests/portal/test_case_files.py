"""Files that a side hands in after filing: in pieces like those of the application, held until the form is sent."""

import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.roles import Role
from cases.services.exhibits import add_exhibit, describe_exhibit
from evidence import ledger
from evidence.deposits import open_deposit
from evidence.models import Entry
from evidence.origin.provenance import Way, provenance_of
from mediation.entrance import gate
from mediation.entrance.front import BY_PHONE
from mediation.files import incoming
from mediation.files.provenance import lines_of
from tests.portal.intake_samples import photo

pytestmark = pytest.mark.django_db
PHONE = (
    "Mozilla/5.0 (Linux; Android 12; HMA-AL00) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.30"
)


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def signed_in(person) -> Client:
    client = Client(headers={"user-agent": PHONE})
    client.force_login(person, backend=BY_PHONE)
    return client


@pytest.fixture
def mine(citizen) -> Client:
    return signed_in(citizen)


def page(case, *, door="portal", name="evidence") -> str:
    return reverse(f"{door}:act", args=[case.docket, name])


def announce(client, case, data: bytes, *, name="收据.jpg", door="portal", field="evidence.file", **more):
    return client.post(
        reverse(f"{door}:files", args=[case.docket]),
        {"name": name, "size": len(data), "form": field, "media_type": "image/jpeg", **more},
    )


def piece(client, url, offset, data):
    return client.patch(
        url, data, content_type="application/offset+octet-stream", headers={"upload-offset": str(offset)}
    )


def send(client, case, data: bytes, *, at_once=300, **more):
    """As upload.js does; the answer to the last piece."""
    url = announce(client, case, data, **more).json()["url"]
    for offset in range(0, len(data), at_once):
        answer = piece(client, url, offset, data[offset : offset + at_once])
    return answer


def hand_in(client, case, *ids, door="portal", **fields):
    return client.post(page(case, door=door), {"kind": "statement", "held_file": ids, **fields})


def test_a_file_waits_for_its_form_and_is_then_taken_in_byte_for_byte(
    mine, accepted_case, django_capture_on_commit_callbacks
) -> None:
    data = photo().read()
    held = send(mine, accepted_case, data).json()

    assert not accepted_case.exhibits.filter(kind="statement").exists(), "nobody sees it yet"
    assert held["title"] == "收据.jpg"
    told = mine.get(reverse("portal:case", args=[accepted_case.docket])).content.decode()
    assert "有 1 个文件传到了，还没交" in told, "and the page of the case reminds of it"
    shown = mine.get(page(accepted_case)).content.decode()
    assert f'value="{held["held"]}"' in shown, "the page shows it again after a reload"
    with django_capture_on_commit_callbacks(execute=True):
        answer = hand_in(
            mine, accepted_case, held["held"], is_private="on", origin="app", origin_words=" 从  App 里 "
        )

    assert answer.status_code == 302
    exhibit = accepted_case.exhibits.get(kind="statement")
    assert open_deposit(exhibit.deposit).read() == data
    assert (exhibit.is_private, exhibit.origin, exhibit.origin_words) == (True, "app", "从 App 里")
    assert held["held"] not in mine.get(page(accepted_case)).content.decode()


def test_what_is_known_of_it_is_kept_and_shown_to_its_own_side_in_full(mine, accepted_case, citizen) -> None:
    data = photo().read()
    digest = hashlib.sha256(data).hexdigest()
    held = send(
        mine, accepted_case, data, sha256=digest, chosen="camera", modified="1741000000000", clock="1"
    ).json()
    hand_in(mine, accepted_case, held["held"], origin="photo", origin_words="公司门口")

    exhibit = accepted_case.exhibits.get(kind="statement")
    came = provenance_of(exhibit.deposit)
    assert (came.how, came.where, came.role, came.account) == (
        Way.PIECES,
        "portal",
        Role.CITIZEN,
        str(citizen.pk),
    )
    assert (came.before.sha256, came.before.chosen_by, came.checked.sent_hash) == (digest, "camera", "same")
    assert came.before.modified_at == "2025-03-03T11:06:40+00:00"
    assert came.before.clock_off_s is None, "a clock of 1970 says nothing"
    full = {line.label: line.words for line in lines_of(exhibit)}
    less = {line.label: line.words for line in lines_of(exhibit, full=False)}
    assert "HMA-AL00" in " ".join(full.values())
    assert "HMA-AL00" not in " ".join(less.values())
    assert "公司门口" in " ".join(less.values())


@pytest.mark.parametrize("door", ["portal", "counter"])
def test_the_page_of_the_case_says_where_each_file_comes_from(
    mine, accepted_case, citizen, lender, door
) -> None:
    held = send(mine, accepted_case, photo().read()).json()
    hand_in(mine, accepted_case, held["held"], origin_words="客服发给我的")
    reader = mine if door == "portal" else signed_in(lender)

    shown = reader.get(reverse(f"{door}:case", args=[accepted_case.docket])).content.decode()

    assert "客服发给我的" in shown
    assert ("HMA-AL00" in shown) == (door == "portal"), "the other side needs no device"


def test_an_institution_sends_its_papers_in_pieces_too(accepted_case, lender) -> None:
    client, data = signed_in(lender), photo().read()
    held = send(client, accepted_case, data, door="counter").json()
    hand_in(client, accepted_case, held["held"], door="counter")

    exhibit = accepted_case.exhibits.get(kind="statement")
    assert exhibit.by_role == Role.INSTITUTION
    assert provenance_of(exhibit.deposit).where == "counter"


def test_other_bytes_than_were_announced_are_refused_when_the_last_piece_arrives(mine, accepted_case) -> None:
    data = photo().read()
    answer = send(mine, accepted_case, data, sha256=hashlib.sha256(b"another").hexdigest())

    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not incoming.held_by(case_id=accepted_case.pk)


@pytest.mark.parametrize(
    ("name", "data"), [("a.jpg", b"MZ" + bytes(500)), ("a.exe", b"x" * 50), ("a.jpg", b"\xff\xd8\xff")]
)
def test_what_could_not_be_taken_in_later_is_refused_now(mine, accepted_case, name, data) -> None:
    assert send(mine, accepted_case, data, name=name).status_code == 422


def test_a_form_that_is_sent_twice_has_one_effect(
    mine, accepted_case, django_capture_on_commit_callbacks
) -> None:
    held = send(mine, accepted_case, photo().read()).json()["held"]
    with django_capture_on_commit_callbacks(execute=True):
        first = hand_in(mine, accepted_case, held)
    with django_capture_on_commit_callbacks(execute=True):
        second = hand_in(mine, accepted_case, held)

    assert (first.status_code, second.status_code) == (302, 302)
    assert accepted_case.exhibits.filter(kind="statement").count() == 1
    left = {path.name for path in incoming.incoming_folder().rglob("*") if path.is_file()}
    assert left == {"state", "lock"}, "the pieces are gone once the file is in"


def test_a_refused_form_keeps_what_it_holds(mine, accepted_case) -> None:
    held = send(mine, accepted_case, photo().read()).json()["held"]

    answer = mine.post(page(accepted_case), {"kind": "nonsense", "held_file": [held]})

    assert answer.status_code == 422
    assert f'value="{held}"' in answer.content.decode()
    assert hand_in(mine, accepted_case, held).status_code == 302


def test_a_file_can_be_let_go_before_it_is_handed_in(mine, accepted_case) -> None:
    held = send(mine, accepted_case, photo().read()).json()["held"]
    url = reverse("portal:file_piece", args=[accepted_case.docket, held])

    assert mine.delete(url).status_code == 204
    assert mine.head(url).status_code == 404
    assert hand_in(mine, accepted_case, held).status_code == 422, "no file, no evidence"


def test_held_files_belong_to_their_sender_their_case_and_their_form(
    mine, accepted_case, lender, django_capture_on_commit_callbacks
) -> None:
    held = send(mine, accepted_case, photo().read()).json()["held"]
    other_form = send(mine, accepted_case, photo().read(), field="supplement.file").json()["held"]
    theirs = signed_in(lender)
    url = reverse("counter:file_piece", args=[accepted_case.docket, held])

    assert theirs.head(url).status_code == 404
    assert theirs.delete(url).status_code == 404
    assert hand_in(theirs, accepted_case, held, door="counter").status_code == 422
    assert hand_in(mine, accepted_case, other_form).status_code == 422
    assert hand_in(mine, accepted_case, "../../etc", "", "0" * 32).status_code == 422
    assert not accepted_case.exhibits.filter(kind="statement").exists()


def test_files_sent_with_a_plain_form_are_kept_like_the_others(mine, accepted_case) -> None:
    held = send(mine, accepted_case, photo().read()).json()["held"]
    plain = SimpleUploadedFile("另一张.png", _png(), "image/png")
    hand_in(mine, accepted_case, held, file=[plain])

    ways = [provenance_of(one.deposit).how for one in accepted_case.exhibits.filter(kind="statement")]
    assert sorted(ways) == [Way.FORM, Way.PIECES]


def _png() -> bytes:
    from PIL import Image

    target = io.BytesIO()
    Image.new("RGB", (9, 9), (200, 10, 10)).save(target, "PNG")
    return target.getvalue()


def test_so_much_may_be_sent_in_an_hour_and_no_more(mine, accepted_case, monkeypatch) -> None:
    monkeypatch.setattr(gate, "MOST_BYTES", {"hour": (3600, 100)})

    assert announce(mine, accepted_case, bytes(400)).status_code == 201
    refused = announce(mine, accepted_case, bytes(101))
    assert refused.status_code == 422
    assert "文件太多" in refused.json()["message"]
    assert announce(mine, accepted_case, bytes(100)).status_code == 201, "what was refused is not counted"


def test_what_is_described_later_is_told_in_the_chain(mine, filed_case, citizen) -> None:
    exhibit = add_exhibit(case_id=filed_case.pk, file=photo(), name="聊天.jpg", by=citizen, role=Role.CITIZEN)
    told = describe_exhibit(
        exhibit_id=exhibit.pk,
        by=citizen,
        role=Role.CITIZEN,
        kind="chat",
        origin="screenshot",
        words="三月的聊天",
    )

    assert told.told_seq
    record = ledger.read(Entry.objects.get(chain=filed_case.chain, seq=told.told_seq))
    assert (record["origin"], record["words"], record["kind"]) == ("screenshot", "三月的聊天", "chat")
