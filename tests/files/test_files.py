"""Files of a case: who sees which, and how they travel."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, Exhibit, User
from cases.roles import Role
from cases.services import intake
from cases.services.exhibits import add_exhibit, withdraw_exhibit
from mediation.entrance import front
from mediation.http import PieceByPiece
from tests import factories
from tests.evidence import samples

pytestmark = pytest.mark.django_db
PHONE = "13812345678"
UNPROCESSABLE = 422
PDF = b"%PDF-1.4\n" + b"0123456789" * 20 + b"\n%%EOF\n"


def exhibit_of(case: Case, by: User | None, role: Role, **fields: object) -> Exhibit:
    return add_exhibit(
        case_id=case.pk,
        file=io.BytesIO(PDF),
        name="合同.pdf",
        by=by,
        role=role,
        **{"kind": "other", **fields},
    )


@pytest.fixture
def people(accepted_case, citizen, lender, officer, mediator, judge) -> dict[str, User]:
    Case.objects.filter(pk=accepted_case.pk).update(mediator=mediator)
    other_lender = factories.UserFactory.create(lender=True)
    return {
        "citizen": citizen,
        "lender": lender,
        "officer": officer,
        "mediator": mediator,
        "judge": judge,
        "other citizen": factories.UserFactory.create(citizen=True),
        "other lender": other_lender,
        "other officer": factories.UserFactory.create(officer=True),
        "other mediator": factories.UserFactory.create(mediator=True, centre=accepted_case.centre),
    }


def seen_by(people: dict[str, User], exhibit: Exhibit) -> set[str]:
    """Who gets the file. Everybody else, and everybody not signed in, must get 404."""
    link = reverse("exhibit_file", args=[exhibit.pk])
    assert Client().get(link).status_code == 404
    seen = set()
    for name, person in people.items():
        client = Client()
        client.force_login(person, backend=front.BY_PHONE)
        answer = client.get(link)
        assert answer.status_code in {200, 404}
        if answer.status_code == 200:
            assert b"".join(answer.streaming_content) == PDF
            seen.add(name)
    return seen


def test_a_shared_file_is_seen_by_the_people_of_the_case(accepted_case, citizen, people) -> None:
    exhibit = exhibit_of(accepted_case, citizen, Role.CITIZEN)

    assert seen_by(people, exhibit) == {"citizen", "lender", "officer", "mediator"}


def test_a_private_file_is_seen_by_its_own_side_and_the_mediator_alone(
    accepted_case, citizen, lender, people
) -> None:
    mine = exhibit_of(accepted_case, citizen, Role.CITIZEN, is_private=True)
    theirs = exhibit_of(accepted_case, lender, Role.INSTITUTION, is_private=True)

    assert seen_by(people, mine) == {"citizen", "mediator"}
    assert seen_by(people, theirs) == {"lender", "mediator"}


def test_a_file_that_was_taken_back_is_seen_by_nobody(accepted_case, citizen, people) -> None:
    exhibit = exhibit_of(accepted_case, citizen, Role.CITIZEN)
    withdraw_exhibit(exhibit_id=exhibit.pk, by=citizen, role=Role.CITIZEN)

    assert seen_by(people, exhibit) == set()


def test_a_court_sees_contract_papers_and_its_own_but_nothing_from_the_talks(
    accepted_case, citizen, judge, people
) -> None:
    Case.objects.filter(pk=accepted_case.pk).update(applied_at=accepted_case.accepted_at)
    contract = exhibit_of(accepted_case, citizen, Role.CITIZEN, kind="contract")
    private = exhibit_of(accepted_case, citizen, Role.CITIZEN, kind="contract", is_private=True)
    talk = exhibit_of(accepted_case, citizen, Role.CITIZEN, kind="chat")
    ruling = exhibit_of(accepted_case, judge, Role.COURT, kind="document")

    everybody = {"citizen", "lender", "officer", "mediator", "judge"}
    assert seen_by(people, contract) == everybody
    assert "judge" not in seen_by(people, private)
    assert seen_by(people, talk) == everybody - {"judge"}
    assert seen_by(people, ruling) == everybody


def test_a_draft_is_seen_by_its_own_browser_alone(client, centre) -> None:
    draft = intake.draft_case()
    exhibit = exhibit_of(draft, None, Role.CITIZEN)
    link = reverse("exhibit_file", args=[exhibit.pk])
    assert client.get(link).status_code == 404

    session = client.session
    session["draft"] = str(draft.pk)
    session.save()

    assert client.get(link).status_code == 200
    session["draft"] = str(intake.draft_case().pk)
    session.save()
    assert client.get(link).status_code == 404


def test_a_browser_that_filed_must_sign_in_like_everyone(client, filed_case, citizen) -> None:
    exhibit = exhibit_of(filed_case, citizen, Role.CITIZEN)
    session = client.session
    session["draft"] = str(filed_case.pk)
    session.save()

    assert client.get(reverse("exhibit_file", args=[exhibit.pk])).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=100-", 206, 100, len(PDF) - 1),
        ("bytes=-5", 206, len(PDF) - 5, len(PDF) - 1),
        (f"bytes=10-{len(PDF) * 9}", 206, 10, len(PDF) - 1),
        ("bytes=-99999", 206, 0, len(PDF) - 1),
    ],
)
def test_a_player_can_seek(client, accepted_case, citizen, asked, status, first, last) -> None:
    exhibit = exhibit_of(accepted_case, citizen, Role.CITIZEN)
    client.force_login(citizen, backend=front.BY_PHONE)

    answer = client.get(reverse("exhibit_file", args=[exhibit.pk]), headers={"Range": asked})

    assert answer.status_code == status
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(PDF)}"
    body = b"".join(answer.streaming_content)
    assert body == PDF[first : last + 1]
    assert answer["Content-Length"] == str(len(body))


@pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(client, accepted_case, citizen, asked) -> None:
    exhibit = exhibit_of(accepted_case, citizen, Role.CITIZEN)
    client.force_login(citizen, backend=front.BY_PHONE)

    answer = client.get(reverse("exhibit_file", args=[exhibit.pk]), headers={"Range": asked})

    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(PDF)}")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,4-5", "lines=1-2", "bytes=x-y"])
def test_a_range_we_do_not_speak_gets_the_whole(client, accepted_case, citizen, asked) -> None:
    exhibit = exhibit_of(accepted_case, citizen, Role.CITIZEN)
    client.force_login(citizen, backend=front.BY_PHONE)

    answer = client.get(reverse("exhibit_file", args=[exhibit.pk]), headers={"Range": asked})

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF


def test_a_file_can_be_saved_is_never_stored_on_the_way_and_its_viewing_is_logged(
    client, accepted_case, citizen, caplog
) -> None:
    exhibit = exhibit_of(accepted_case, citizen, Role.CITIZEN)
    client.force_login(citizen, backend=front.BY_PHONE)
    link = reverse("exhibit_file", args=[exhibit.pk])

    with caplog.at_level("INFO", logger="mediation.viewings"):
        shown, saved = client.get(link), client.get(link, {"download": "1"})

    assert shown["Content-Disposition"].startswith("inline")
    assert saved["Content-Disposition"].startswith("attachment")
    assert "no-store" in shown["Cache-Control"]
    assert sum(str(citizen.pk) in record.getMessage() for record in caplog.records) == 2
    assert citizen.name not in caplog.text


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("讲述.webm", "audio/webm;codecs=opus", "audio/webm"),
        ("讲述.webm", "", "video/webm"),
        ("经过.mp4", "audio/mp4", "audio/mp4"),
        ("经过.mp4", "video/mp4", "video/mp4"),
        ("讲述.wav", "video/mp4", "audio/wav"),
    ],
)
def test_sound_in_a_container_made_for_film_stays_sound(accepted_case, citizen, name, said, kept) -> None:
    content, _kind = samples.HONEST[name]
    exhibit = add_exhibit(
        case_id=accepted_case.pk,
        file=io.BytesIO(content),
        name=name,
        by=citizen,
        role=Role.CITIZEN,
        media_type=said,
    )

    assert exhibit.deposit.media_type == kept


async def test_a_file_is_sent_while_it_is_read_also_by_an_asynchronous_server(tmp_path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(700_000))

    pieces = [piece async for piece in PieceByPiece(large.open("rb"))]

    assert [len(piece) for piece in pieces] == [262_144, 262_144, 175_712]
