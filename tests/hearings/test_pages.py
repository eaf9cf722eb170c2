"""The pages of the hearing behind all three doors: nothing shown to strangers, nothing lost, each no in plain words."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import User
from cases.roles import Side
from evidence.origin.provenance import Way, provenance_of
from mediation.hearings import exports, marks, services, transcription
from mediation.hearings.models import Hearing, Recording
from tests.factories import UserFactory
from tests.hearings.conftest import add_sound
from tests.hearings.sounds import tone

pytestmark = pytest.mark.django_db
DOORS = ("desk", "portal", "counter")


@pytest.fixture
def people(mediator: User, citizen: User, lender: User) -> dict[str, User]:
    return {"desk": mediator, "portal": citizen, "counter": lender}


def as_(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("page", ["hearing", "transcript"])
def test_everyone_who_sits_here_sees_the_page_and_nobody_else(
    door: str, page: str, heard: Hearing, people: dict[str, User]
) -> None:
    address = reverse(f"{door}:{page}", args=[heard.pk])
    assert as_(people[door]).get(address).status_code == 200
    for other, person in people.items():
        if other != door:
            assert as_(person).get(address).status_code == 404
    stranger = UserFactory.create(
        **{{"desk": "mediator", "portal": "citizen", "counter": "lender"}[door]: True}
    )
    assert as_(stranger).get(address).status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("door", ["portal", "counter"])
def test_rights_come_before_the_seat_and_recording_is_asked(
    door: str, called: Hearing, people: dict[str, User]
) -> None:
    client, address = as_(people[door]), reverse(f"{door}:hearing", args=[called.pk])
    before = client.get(address).content.decode()
    assert "人民调解法第二十三条" in before
    assert 'name="agrees"' not in before

    client.post(reverse(f"{door}:join_hearing", args=[called.pk]))
    after = client.get(address).content.decode()
    assert after.count('name="agrees"') == 2
    assert "checked" not in after

    client.post(reverse(f"{door}:answer_recording", args=[called.pk]), {"agrees": "maybe"})
    assert called.attendances.get(person=people[door]).records_agreed is None
    client.post(reverse(f"{door}:answer_recording", args=[called.pk]), {"agrees": "no"})
    assert called.attendances.get(person=people[door]).records_agreed is False


def test_who_refused_is_told_to_the_mediator_alone(hearing: Hearing, people: dict[str, User]) -> None:
    services.answer_recording(hearing_id=hearing.pk, person=people["portal"], agrees=False)
    shown = {
        door: as_(people[door]).get(reverse(f"{door}:hearing_live", args=[hearing.pk])).content.decode()
        for door in DOORS
    }
    assert "不同意录音" in shown["desk"]
    assert "不同意录音" not in shown["counter"]
    assert 'data-may-record="0"' in shown["counter"]


def test_news_are_sent_only_when_there_are_some(hearing: Hearing, people: dict[str, User]) -> None:
    client, address = as_(people["portal"]), reverse("portal:hearing_live", args=[hearing.pk])
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    services.check_identity(hearing_id=hearing.pk, mediator=people["desk"], person_id=people["counter"].pk)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("door", DOORS)
def test_a_recording_comes_in_by_a_plain_form(door: str, hearing: Hearing, people: dict[str, User]) -> None:
    sound = SimpleUploadedFile("会.wav", tone().read(), "audio/wav")
    answer = as_(people[door]).post(
        reverse(f"{door}:add_recording", args=[hearing.pk]),
        {"dialect": "cantonese", "speaker": "several", "recording_file": sound},
    )
    assert answer.status_code == 302
    made = Recording.objects.get()
    assert (made.dialect, made.speaker, made.hearing) == ("cantonese", "", hearing)


def test_a_party_speaks_for_itself_alone(hearing: Hearing, people: dict[str, User]) -> None:
    sound = SimpleUploadedFile("会.wav", tone().read(), "audio/wav")
    answer = as_(people["portal"]).post(
        reverse("portal:add_recording", args=[hearing.pk]),
        {"dialect": "mandarin", "speaker": "mediator", "recording_file": sound},
    )
    assert answer.status_code == 422
    assert not Recording.objects.exists()


@pytest.mark.parametrize("name", ["会.wav", "会.txt"])
def test_a_broken_file_is_refused_in_words(name: str, hearing: Hearing, people: dict[str, User]) -> None:
    answer = as_(people["desk"]).post(
        reverse("desk:add_recording", args=[hearing.pk]),
        {"dialect": "mandarin", "speaker": "several", "recording_file": SimpleUploadedFile(name, b"x" * 900)},
    )
    assert answer.status_code == 422
    assert "data-error-summary" in answer.content.decode()


def test_a_recording_comes_in_piece_by_piece_and_goes_on_where_it_broke(
    hearing: Hearing, people: dict[str, User], settings, tmp_path
) -> None:
    settings.VAR_DIR = tmp_path
    client, sound = as_(people["desk"]), tone(3).read()
    announced = client.post(
        reverse("desk:announce_recording", args=[hearing.pk]),
        {
            "name": "会.wav",
            "size": len(sound),
            "media_type": "audio/wav",
            "dialect": "wu",
            "speaker": "several",
            "chosen": "recorder",
        },
    )
    assert announced.status_code == 201
    url = announced.json()["url"]

    def send(offset: int, body: bytes) -> object:
        return client.patch(
            url, body, content_type="application/offset+octet-stream", headers={"Upload-Offset": str(offset)}
        )

    assert send(0, sound[:50_000])["Upload-Offset"] == "50000"
    assert send(0, sound[:50_000]).status_code == 409
    assert client.head(url)["Upload-Offset"] == "50000"
    assert as_(people["portal"]).head(url.replace("/desk/", "/")).status_code == 404
    done = send(50_000, sound[50_000:])
    assert done.json()["next"].startswith(reverse("desk:hearing", args=[hearing.pk]))
    assert send(len(sound), b"").json() == done.json()
    recording = Recording.objects.get()
    assert recording.dialect == "wu"
    came = provenance_of(recording.exhibit.deposit)
    assert came is not None
    assert (came.how, came.where, came.role) == (Way.HEARING, f"desk hearing 1 {hearing.how}", "mediator")


def test_nothing_is_sent_before_everyone_has_said_yes(hearing: Hearing, people: dict[str, User]) -> None:
    services.answer_recording(hearing_id=hearing.pk, person=people["counter"], agrees=False)
    answer = as_(people["desk"]).post(
        reverse("desk:announce_recording", args=[hearing.pk]),
        {"name": "会.wav", "size": 10, "dialect": "wu", "speaker": "several"},
    )
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_progress_and_failure_are_told(hearing: Hearing, people: dict[str, User], settings) -> None:
    recording = add_sound(hearing, people["desk"])
    client = as_(people["portal"])
    news = client.get(reverse("portal:recording_news", args=[recording.pk])).json()
    assert (news["state"], news["total"]) == ("waiting", 1.0)

    failing = ("mediation.hearings.engines.failing.FailingEngine", {"how": "never"})
    settings.ADAPTERS = {**settings.ADAPTERS, "speech": failing}
    transcription.transcribe(recording.pk)
    row = as_(people["desk"]).get(reverse("desk:recording_part", args=[recording.pk])).content.decode()
    assert reverse("desk:try_recording_again", args=[recording.pk]) in row
    assert "#write" in row


def test_a_recording_says_how_sure_its_text_is(heard: Hearing, people: dict[str, User]) -> None:
    page, desk = reverse("desk:hearing", args=[heard.pk]), as_(people["desk"])
    assert "共 2 句，有 1 句机器没把握" in desk.get(page).content.decode()
    exact, badly_heard = services.lines_of(heard)
    services.correct_segment(segment_id=badly_heard.pk, mediator=people["desk"], checked=True)
    assert "共 2 句，有 1 句的数字或用词要听一遍" in desk.get(page).content.decode()
    services.correct_segment(segment_id=exact.pk, mediator=people["desk"], checked=True)
    assert "共 2 句，没有拿不准的" in desk.get(page).content.decode()


def test_a_line_is_saved_in_its_place_and_without_a_script(heard: Hearing, people: dict[str, User]) -> None:
    line = services.lines_of(heard)[0]
    client, address = as_(people["desk"]), reverse("desk:correct_line", args=[line.pk])
    saved = client.post(
        address,
        {"text": "我去年三月借了两万元。", "speaker": "citizen"},
        headers={"Accept": "application/json"},
    )
    assert saved.status_code == 200
    told = json.loads(saved.content)
    assert told["unchecked"] == 1
    assert "三万元" in told["html"]

    plain = client.post(address, {"text": "我去年三月借了一万元。", "speaker": "citizen"})
    assert plain["Location"].endswith(f"#line-{line.pk}")
    history = client.get(reverse("desk:corrections", args=[heard.pk])).content.decode()
    assert history.index("两万元") < history.index("一万元") < history.index("三万元")


def test_both_sides_see_the_text_only_when_asked(ended: Hearing, people: dict[str, User]) -> None:
    address = reverse("portal:transcript", args=[ended.pk])
    assert "我去年三月" not in as_(people["portal"]).get(address).content.decode()
    as_(people["desk"]).post(reverse("desk:ask_to_read", args=[ended.pk]))
    assert "我去年三月" in as_(people["portal"]).get(address).content.decode()


@pytest.mark.parametrize("door", ["portal", "counter"])
def test_a_side_is_never_shown_doubtful_text_as_if_it_were_right(
    door: str, ended: Hearing, people: dict[str, User]
) -> None:
    services.ask_to_read(hearing_id=ended.pk, mediator=people["desk"])
    page = reverse(f"{door}:transcript", args=[ended.pk])
    doubtful = next(line for line in services.lines_of(ended) if marks.is_unsure(line))
    assert as_(people[door]).get(page).content.decode().count("这句机器没把握，还没有人核对") == 1

    services.correct_segment(segment_id=doubtful.pk, mediator=people["desk"], checked=True)
    assert "这句机器没把握" not in as_(people[door]).get(page).content.decode(), "somebody has listened"


@pytest.mark.parametrize("door", DOORS)
def test_everybody_reads_what_a_dialect_word_means_beside_it(
    door: str, ended: Hearing, people: dict[str, User]
) -> None:
    line = services.lines_of(ended)[0]
    services.correct_segment(segment_id=line.pk, mediator=people["desk"], text="他就是不认账。")
    services.ask_to_read(hearing_id=ended.pk, mediator=people["desk"])
    page = as_(people[door]).get(reverse(f"{door}:transcript", args=[ended.pk])).content.decode()
    assert '不认账<small class="muted" data-unsaid>（不承认）</small>' in page
    assert ("不是笔录里的话" in page) == (door != "desk"), "those who confirm it know what they confirm"

    for person in ("portal", "counter"):
        services.read_back(hearing_id=ended.pk, person=people[person], confirmed=True)
    layers = json.loads(exports.confirmed_json(hearing_id=ended.pk, person=people["desk"]))["segments"][0]
    assert (layers["text"], layers["glosses"][0]["meaning"]) == ("他就是不认账。", "不承认")


@pytest.mark.parametrize("door", ["portal", "counter"])
def test_a_side_confirms_what_it_has_seen(door: str, ended: Hearing, people: dict[str, User]) -> None:
    client, address = as_(people[door]), reverse(f"{door}:read_back", args=[ended.pk])
    empty = client.post(address, {"answer": "no", "digest": services.digest_of(ended), "objection": " "})
    assert empty.status_code == 422
    assert client.post(address, {"answer": "yes", "digest": "0" * 64}).status_code == 422
    assert services.confirmed_sides(ended) == set()

    client.post(address, {"answer": "yes", "digest": services.digest_of(ended)})
    side = Side.CLAIMANT if door == "portal" else Side.RESPONDENT
    assert services.confirmed_sides(ended) == {side}


def test_from_the_last_confirmation_to_the_paper(ended: Hearing, people: dict[str, User]) -> None:
    issue = reverse("desk:issue_transcript", args=[ended.pk])
    assert as_(people["desk"]).post(issue).status_code == 422
    for door in ("portal", "counter"):
        as_(people[door]).post(
            reverse(f"{door}:read_back", args=[ended.pk]),
            {"answer": "yes", "digest": services.digest_of(ended)},
        )
    assert as_(people["desk"]).post(issue).status_code == 302
    ended.refresh_from_db()
    assert ended.transcript is not None
    shown = as_(people["portal"]).get(reverse("portal:transcript", args=[ended.pk])).content.decode()
    assert reverse("exhibit_file", args=[ended.transcript.pk]) in shown


def test_an_empty_result_does_not_end_a_hearing(hearing: Hearing, people: dict[str, User]) -> None:
    answer = as_(people["desk"]).post(reverse("desk:end_hearing", args=[hearing.pk]), {"result": ""})
    assert answer.status_code == 422
    hearing.refresh_from_db()
    assert hearing.state == Hearing.State.OPEN


def test_facts_are_proposed_from_the_loan_and_confirmed_by_both(
    hearing: Hearing, people: dict[str, User]
) -> None:
    docket = hearing.case.docket
    desk = as_(people["desk"])
    assert "9,000.00" in desk.get(reverse("desk:facts", args=[docket])).content.decode()
    desk.post(reverse("desk:offer_facts", args=[docket]), {"facts": "到账九千元。"})
    sheet = hearing.case.fact_sheets.get()
    assert desk.post(reverse("desk:issue_facts", args=[docket])).status_code == 422
    for door in ("portal", "counter"):
        client = as_(people[door])
        assert "到账九千元。" in client.get(reverse(f"{door}:facts", args=[docket])).content.decode()
        client.post(reverse(f"{door}:confirm_facts", args=[docket]), {"sheet": sheet.pk})
    desk.post(reverse("desk:issue_facts", args=[docket]))
    sheet.refresh_from_db()
    assert sheet.paper is not None


def test_a_made_up_fact_sheet_is_not_found(hearing: Hearing, people: dict[str, User]) -> None:
    address = reverse("portal:confirm_facts", args=[hearing.case.docket])
    for number in ("", "abc", "999999", "²"):
        assert as_(people["portal"]).post(address, {"sheet": number}).status_code == 404
