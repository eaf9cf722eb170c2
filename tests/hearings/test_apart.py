"""异步: each speaks in their own time, when all agree; and what is said to the mediator alone stays there."""

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from cases.errors import Refusal
from cases.models import Case, User
from cases.roles import Role
from cases.services.exhibits import add_exhibit
from mediation.hearings import services
from mediation.hearings.models import Hearing
from mediation.hearings.room import seats
from mediation.hearings.room.saying import say_in_writing

pytestmark = pytest.mark.django_db


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def apart(case_in_mediation: Case, mediator: User, citizen: User, lender: User) -> Hearing:
    """Called for different times; everybody has read their rights, nobody has been asked yet."""
    hearing = services.call_hearing(
        case_id=case_in_mediation.pk, mediator=mediator, starts_at=timezone.now(), how=Hearing.How.APART
    )
    for person in (mediator, citizen, lender):
        services.join_hearing(hearing_id=hearing.pk, person=person)
    return hearing


def test_nobody_speaks_at_another_time_before_both_sides_agreed(
    apart: Hearing, citizen: User, lender: User
) -> None:
    seats.agree_apart(hearing_id=apart.pk, person=citizen, agrees=True)
    with pytest.raises(Refusal):
        say_in_writing(hearing_id=apart.pk, person=citizen, text="到账只有九千元。")

    seats.agree_apart(hearing_id=apart.pk, person=lender, agrees=False)
    page = as_(citizen).get(reverse("portal:hearing", args=[apart.pk])).content.decode()
    assert 'id="apart"' in page
    assert 'name="words"' not in page


def test_each_writes_in_their_own_time_and_reads_the_other(
    apart: Hearing, citizen: User, lender: User
) -> None:
    counter, phone = as_(lender), as_(citizen)
    for client, door in ((phone, "portal"), (counter, "counter")):
        client.post(reverse(f"{door}:agree_apart", args=[apart.pk]), {"agrees": "maybe"})
        assert not seats.all_agreed_apart(apart)
        client.post(reverse(f"{door}:agree_apart", args=[apart.pk]), {"agrees": "yes"})
    phone.post(reverse("portal:say_apart", args=[apart.pk]), {"words": "到账只有九千元。"})
    refused = counter.post(reverse("counter:say_apart", args=[apart.pk]), {"words": "  "})
    assert refused.status_code == 422
    counter.post(reverse("counter:say_apart", args=[apart.pk]), {"words": "愿意核对流水。"})

    for client, door in ((phone, "portal"), (counter, "counter")):
        page = client.get(reverse(f"{door}:hearing", args=[apart.pk])).content.decode()
        assert "到账只有九千元。" in page
        assert "愿意核对流水。" in page
    assert [line.speaker for line in services.lines_of(apart)] == ["citizen", "institution"]


@pytest.mark.parametrize("door", ["portal", "counter"])
def test_a_stranger_finds_no_room(
    door: str, hearing: Hearing, centre: object, django_user_model: object
) -> None:
    from tests.factories import UserFactory

    stranger = UserFactory.create(**{{"portal": "citizen", "counter": "lender"}[door]: True})
    assert as_(stranger).get(reverse(f"{door}:hearing_room", args=[hearing.pk])).status_code == 404
    assert Client().get(reverse(f"{door}:hearing_room", args=[hearing.pk])).status_code == 302


def test_the_room_comes_after_the_rights(called: Hearing, citizen: User) -> None:
    client = as_(citizen)
    room, page = (reverse(f"portal:{name}", args=[called.pk]) for name in ("hearing_room", "hearing"))
    assert client.get(room).headers["Location"] == page
    services.join_hearing(hearing_id=called.pk, person=citizen)
    assert client.get(room).status_code == 200


def test_a_guest_sees_the_room_and_nothing_else(hearing: Hearing, mediator: User) -> None:
    secret = seats.invite_guest(hearing_id=hearing.pk, mediator=mediator, part="helper", with_side="claimant")
    client, link = Client(), reverse("portal:hearing_guest", args=[secret])
    assert client.get(link).status_code == 200
    assert client.post(link, {"name": " "}).status_code == 422
    room = client.post(link, {"name": "工友阿强"}).headers["Location"]
    assert client.get(room).status_code == 200
    assert str(hearing.case.docket) not in client.get(room).content.decode()
    assert Client().get(link).status_code == 404, "the link works once"
    for name in ("hearing", "transcript", "hearing_live"):
        assert client.get(reverse(f"portal:{name}", args=[hearing.pk])).status_code == 404
    assert client.get(reverse("portal:case", args=[hearing.case.docket])).status_code == 404
    services.end_hearing(hearing_id=hearing.pk, mediator=mediator, result="谈妥了。")
    assert client.get(room).status_code == 410


def test_a_link_never_takes_a_signed_in_person_away(hearing: Hearing, mediator: User, citizen: User) -> None:
    secret = seats.invite_guest(hearing_id=hearing.pk, mediator=mediator, part="interpreter")
    link = reverse("portal:hearing_guest", args=[secret])
    client = as_(citizen)
    assert client.post(link, {"name": "我"}).status_code == 200
    assert client.get(reverse("portal:hearing", args=[hearing.pk])).status_code == 200
    assert Client().get(link).status_code == 200, "and the link is not used up by it"


def test_old_links_and_other_links_lead_nowhere(hearing: Hearing, mediator: User) -> None:
    first = seats.invite_guest(hearing_id=hearing.pk, mediator=mediator, part="interpreter")
    second = seats.invite_guest(hearing_id=hearing.pk, mediator=mediator, part="interpreter")
    for secret in (first, "x", "x" * 500):
        with pytest.raises(Refusal):
            seats.come_as_guest(secret=secret, name="译员")
    hearing.invitations.update(made_at=timezone.now() - seats.INVITED_FOR)
    with pytest.raises(Refusal):
        seats.come_as_guest(secret=second, name="译员")


def test_a_private_talk_leaves_no_words_in_the_packet(
    hearing: Hearing, mediator: User, citizen: User, settings: Settings
) -> None:
    """That there was one is sealed like all that is not open; a court reads neither that nor any word of it."""
    from mediation.court.packet import OPEN_EVENTS, write_packet
    from mediation.hearings.room import talk

    seats.admit(hearing_id=hearing.pk, mediator=mediator, person_id=citizen.pk)
    seats.begin_caucus(hearing_id=hearing.pk, mediator=mediator, side="claimant")
    said, place = talk.say(hearing_id=hearing.pk, person=citizen, text="底线是八百元", language="zh-hans")
    assert (said["text"], place) == ("底线是八百元", "claimant")
    seats.end_caucus(hearing_id=hearing.pk, mediator=mediator)

    assert not OPEN_EVENTS & {
        "hearing.begin_caucus",
        "hearing.end_caucus",
        "hearing.invite",
        "transcript.write",
    }
    settings.EVIDENCE_WAIT_S = 5
    add_exhibit(
        case_id=hearing.case_id, file=io.BytesIO("借一万元".encode()), name="合同.txt", by=citizen,
        role=Role.CITIZEN, kind="contract",
    )  # fmt: skip
    packet = io.BytesIO()
    write_packet(hearing.case, packet)
    with zipfile.ZipFile(packet) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert "底线是八百元".encode() not in everything
    assert b"begin_caucus" not in everything
    assert not hearing.written_lines.exists()
    assert talk.history(hearing_id=hearing.pk, person=citizen) == []
