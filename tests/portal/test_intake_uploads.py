"""Files that come piece by piece: resumable, refused early, counted once, nobody else's."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from evidence.deposits import open_deposit
from mediation.files import incoming
from tests.portal.intake_samples import answer, draft, photo, question, sound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def begun(client, centre):
    answer(client, "who")
    return client


def broken():
    return SimpleUploadedFile("坏.jpg", b"MZ" + bytes(99))


def announce(client, name, size, **more):
    return client.post(reverse("portal:upload_create"), {"name": name, "size": size, **more})


def piece(client, url, offset, data):
    return client.patch(
        url, data, content_type="application/offset+octet-stream", headers={"upload-offset": str(offset)}
    )


def send(client, file, *, size_of_piece=200, **more):
    """As upload.js does; returns the answer to the last piece."""
    data = file.read()
    url = announce(client, file.name, len(data), **more).json()["url"]
    for offset in range(0, len(data), size_of_piece):
        response = piece(client, url, offset, data[offset : offset + size_of_piece])
    return response


def test_a_file_in_pieces_becomes_an_exhibit_with_the_same_bytes(begun):
    file = photo()
    response = send(begun, file)

    exhibit = draft(begun).exhibits.get()
    file.seek(0)
    assert open_deposit(exhibit.deposit).read() == file.read()
    assert response.status_code == 200
    assert 'name="kind_1"' in response.content.decode()
    assert "01" in response.content.decode()


def test_a_lost_network_costs_one_piece(begun):
    data = photo().read()
    url = announce(begun, "借条.jpg", len(data)).json()["url"]
    piece(begun, url, 0, data[:300])

    assert begun.head(url).headers["Upload-Offset"] == "300"
    wrong = piece(begun, url, 0, data[:300])
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "300")
    assert piece(begun, url, 300, data[300:]).status_code == 200
    assert draft(begun).exhibits.count() == 1


def test_the_last_answer_can_be_asked_for_again(begun):
    data = photo().read()
    url = announce(begun, "借条.jpg", len(data)).json()["url"]
    piece(begun, url, 0, data)

    assert begun.head(url).headers["Upload-Offset"] == str(len(data))
    again = piece(begun, url, len(data), b"")
    assert 'name="kind_1"' in again.content.decode()
    assert draft(begun).exhibits.count() == 1


def test_pieces_lie_sealed_until_the_file_is_whole(begun):
    data = photo().read()
    url = announce(begun, "借条.jpg", len(data)).json()["url"]
    piece(begun, url, 0, data[:300])

    lying = [path.read_bytes() for path in incoming.incoming_folder().rglob("*") if path.is_file()]
    assert lying
    assert not any(data[:50] in content or "借条".encode() in content for content in lying)
    piece(begun, url, 300, data[300:])
    names = {path.name for path in incoming.incoming_folder().rglob("*") if path.is_file()}
    assert names == {"state", "lock"}


@pytest.mark.parametrize("size", ["0", "-1", "", "x", "²", str(200 * 1024**2), "9" * 40])
def test_a_size_that_cannot_be_is_refused_before_any_byte(begun, size):
    response = announce(begun, "大.mp4", size)

    assert response.status_code == 422
    assert response.json()["message"]
    assert not incoming.incoming_folder().exists()


def test_more_bytes_than_announced_are_refused(begun):
    url = announce(begun, "借条.jpg", 100).json()["url"]

    assert piece(begun, url, 0, bytes(101)).status_code == 422
    assert begun.head(url).status_code == 404


def test_a_program_named_as_a_picture_is_refused_at_the_end(begun):
    data = b"MZ" + bytes(500)
    url = announce(begun, "照片.jpg", len(data)).json()["url"]
    response = piece(begun, url, 0, data)

    assert response.status_code == 422
    assert response.json()["message"]
    assert not draft(begun).exhibits.exists()


def test_nobody_else_can_reach_an_upload(begun):
    url = announce(begun, "借条.jpg", 500).json()["url"]
    stranger = Client()

    assert stranger.head(url).status_code == 404
    answer(stranger, "who")
    assert stranger.head(url).status_code == 404
    assert piece(stranger, url, 0, bytes(10)).status_code == 404
    assert begun.head(reverse("portal:upload", args=["no-such-upload"])).status_code == 404


def test_offsets_that_are_no_numbers_are_a_conflict(begun):
    url = announce(begun, "借条.jpg", 500).json()["url"]

    for offset in ("", "-1", "²", "9" * 30, "1e3"):
        assert piece(begun, url, 0, b"") is not None
        response = begun.patch(url, b"x", content_type="x/y", headers={"upload-offset": offset})
        assert response.status_code == 409


def test_a_spoken_story_sent_in_pieces_leads_on_to_its_text(begun):
    response = send(begun, sound(), purpose="story", size_of_piece=5000)

    assert response.json()["next"] == reverse("portal:listening")
    exhibit = draft(begun).exhibits.get()
    assert exhibit.kind == "story"
    assert exhibit.recording.speaker == "citizen"
    assert draft(begun).answers.get("respondent")


def test_uploads_that_stand_still_for_a_day_are_cleared(begun):
    import os
    import time

    url = announce(begun, "借条.jpg", 500).json()["url"]
    folder = next(incoming.incoming_folder().rglob("state")).parent
    day_ago = time.time() - 25 * 3600
    os.utime(folder, (day_ago, day_ago))
    announce(begun, "另一张.jpg", 500)

    assert begun.head(url).status_code == 404


def test_a_stale_token_on_a_piece_is_a_403_that_the_script_mends(centre):
    client = Client(enforce_csrf_checks=True)

    assert client.post(reverse("portal:upload_create"), {"name": "x", "size": "5"}).status_code == 403


def test_the_page_says_what_each_file_is(begun):
    send(begun, photo())
    begun.post(question("evidence"), {"kind_1": "chat"})

    assert draft(begun).exhibits.get().kind == "chat"
    assert begun.get(question("evidence")).context["files"][0]["field"].value() == "chat"
    begun.post(reverse("portal:autosave", args=["evidence"]), {"kind_1": "contract"})
    assert begun.get(question("evidence")).context["files"][0]["field"].value() == "contract"
    page = begun.post(question("evidence"), {"kind_1": "statement", "file": [broken()]})
    assert page.context["files"][0]["field"].value() == "statement"
