"""The witness over real HTTP: races, splits, slow and greedy clients, garbage, and the pages it serves."""

import http.client
import json
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from evidence.tlog import cosignatures
from evidence.tlog.notes import SignedNote
from evidence.witness.judging import Witness
from evidence.witness.server import LARGEST_BODY, Limits, WitnessServer
from tests.evidence.witness.logs import Log


def connect(server: WitnessServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)


def post(
    server: WitnessServer, body: bytes, path: str = "/w1/add-checkpoint"
) -> tuple[int, str, dict[str, str]]:
    connection = connect(server)
    connection.request("POST", path, body)
    answer = connection.getresponse()
    told = answer.status, answer.read().decode(), dict(answer.headers.items())
    connection.close()
    return told


def get(server: WitnessServer, path: str) -> tuple[int, str, dict[str, str]]:
    connection = connect(server)
    connection.request("GET", path)
    answer = connection.getresponse()
    told = answer.status, answer.read().decode(), dict(answer.headers.items())
    connection.close()
    return told


def raw(server: WitnessServer, data: bytes, *, wait_s: float = 3.0) -> bytes:
    """What comes back until the witness closes."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=wait_s) as connection:
        connection.sendall(data)
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found


def test_a_log_asks_over_one_connection(server: WitnessServer, log: Log) -> None:
    connection = connect(server)
    for old, new, status in [(0, 3, 200), (1, 4, 409), (3, 5, 200), (5, 5, 200)]:
        connection.request("POST", "/w1/add-checkpoint", log.ask(old, new))
        answer = connection.getresponse()
        body = answer.read().decode()
        assert answer.status == status, body
    assert connection.sock is not None  # kept alive
    connection.close()

    status, body, headers = post(server, log.ask(1, 4))
    assert (status, body, headers["Content-Type"]) == (409, "5\n", "text/x.tlog.size")


def test_of_two_that_race_one_wins(server: WitnessServer, log: Log) -> None:
    """Each wants to be the next tree; the witness never goes back, whoever comes first."""
    size = 1
    assert post(server, log.ask(0, size))[0] == 200
    with ThreadPoolExecutor(8) as threads:
        for _round in range(25):
            bodies = [log.ask(size, size + step) for step in (1, 2, 3, 4, 1, 2, 3, 4)]
            answers = list(threads.map(lambda body: post(server, body), bodies))
            won = [answer for answer in answers if answer[0] == 200]
            lost = [answer for answer in answers if answer[0] != 200]
            now = server.witness.store.latest(log.origin)
            assert len(won) == 1
            assert {answer[0] for answer in lost} == {409}
            cosigned = SignedNote.parse(log.note(now.size).serialise() + won[0][1])
            assert cosignatures.verify(cosigned, server.witness.key.vkey)
            size = now.size
    sizes = [seen.size for seen in server.witness.store.history(log.origin)]
    assert sizes == sorted(set(sizes))
    assert len(sizes) == 26


def test_two_views_of_one_log_are_told_to_everybody(server: WitnessServer, log: Log) -> None:
    other = Log(log.key, story="two")
    assert post(server, log.ask(0, 4))[0] == 200
    assert get(server, "/w1/")[1].count("警告") == 0

    assert post(server, other.ask(4, 4))[0] == 409

    told = json.loads(get(server, "/w1/refused")[1])
    [proof] = told["checkpoints"]
    assert proof["kind"] == "contradiction"
    assert SignedNote.parse(proof["note"]).text == other.note(4).text
    assert "警告" in get(server, "/w1/")[1]


def test_what_it_has_seen_is_for_everybody(server: WitnessServer, log: Log, witness: Witness) -> None:
    for old, new in [(0, 2), (2, 5), (5, 9)]:
        post(server, log.ask(old, new))

    latest = json.loads(get(server, "/w1/checkpoints")[1])
    assert latest["witness"] == str(witness.key.vkey)
    [seen] = latest["checkpoints"]
    assert (seen["origin"], seen["size"]) == (log.origin, 9)
    whole = SignedNote.parse(get(server, f"/w1/checkpoint?origin={quote(log.origin)}")[1])
    assert cosignatures.verify(whole, witness.key.vkey)
    history = json.loads(get(server, f"/w1/history?origin={quote(log.origin)}&after=2&limit=1")[1])
    assert [seen["size"] for seen in history["checkpoints"]] == [5]
    assert get(server, "/w1/checkpoint?origin=none")[0] == 404


def test_the_page_speaks_chinese_first_and_runs_no_script(server: WitnessServer, log: Log) -> None:
    assert "还没有见过" in get(server, "/w1/")[1]
    post(server, log.ask(0, 2))

    status, page, headers = get(server, "/w1/")

    assert status == 200
    assert '<html lang="zh-Hans">' in page
    assert "只增不改" in page or "接得上" in page
    assert log.origin in page
    assert str(server.witness.key.vkey) in page
    assert "<script" not in page
    assert " style=" not in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert get(server, "/w1/style.css")[2]["Content-Type"].startswith("text/css")


def test_what_comes_from_outside_is_escaped(witness: Witness) -> None:
    from evidence.witness import page
    from evidence.witness.logs import KnownLogs

    evil = Log(origin='<script>alert("1")</script>')
    witness.logs = KnownLogs([str(evil.vkey)])
    assert witness.add_checkpoint(evil.ask(0, 1)).status == 200

    assert "<script" not in page.render(witness, "")


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 404), ("/w1/nothing", 404), ("/w2/checkpoints", 404), ("/w1/history", 200), ("/w1/health", 200),
     ("/w1/history?after=x&limit=-1", 200), ("/w1/../../etc/passwd", 404), ("/%00", 404)],
)  # fmt: skip
def test_addresses(server: WitnessServer, path: str, status: int) -> None:
    assert get(server, path)[0] == status


def test_other_verbs_and_other_places(server: WitnessServer, log: Log) -> None:
    assert post(server, log.ask(0, 1), "/add-checkpoint")[0] == 404
    assert b" 405 " in raw(server, b"DELETE /w1/add-checkpoint HTTP/1.1\r\nHost: w\r\n\r\n")
    assert raw(server, b"HEAD /w1/ HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n").endswith(b"\r\n\r\n")


def test_huge_bodies_are_not_read(server: WitnessServer) -> None:
    head = b"POST /w1/add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: %s\r\n\r\n"
    assert b" 413 " in raw(server, head % str(LARGEST_BODY + 1).encode())
    assert b" 413 " in raw(server, head % (b"9" * 4000))
    for bad in (b"-1", b"x", b"", "９".encode()):
        assert b" 411 " in raw(server, head % bad)
    chunked = (
        b"POST /w1/add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nold 0\r\n"
    )
    assert b" 411 " in raw(server, chunked)


def test_garbage_is_answered_or_dropped(server: WitnessServer, log: Log) -> None:
    dice = random.Random(7)
    for _ in range(60):
        body = bytearray(log.ask(0, 5))
        for _change in range(dice.randrange(1, 6)):
            body[dice.randrange(len(body))] = dice.randrange(256)
        status, _, _ = post(server, bytes(body))
        assert status in {200, 400, 403, 404, 409, 422}
        raw(server, dice.randbytes(200) + b"\r\n\r\n")
    assert get(server, "/w1/health")[0] == 200


class TestSlowClients:
    """They hold what is theirs, for some seconds."""

    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(request_s=0.6, idle_s=1.2, connections=12, of_one=8)

    def test_a_request_that_drips_is_cut_off(self, server: WitnessServer) -> None:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as connection:
            connection.sendall(b"POST /w1/add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 1000\r\n\r\n")
            try:
                while time.monotonic() - began < 5:
                    connection.sendall(b"o")
                    time.sleep(0.05)
            except OSError:
                pass
        assert time.monotonic() - began < 2.5

    def test_silence_is_cut_off(self, server: WitnessServer) -> None:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as connection:
            assert connection.recv(1) == b""
        assert time.monotonic() - began < 2.5

    def test_a_crowd_is_turned_away_and_then_forgotten(self, server: WitnessServer, log: Log) -> None:
        crowd = [socket.create_connection(("127.0.0.1", server.server_port), timeout=5) for _ in range(30)]
        for one in crowd:
            one.sendall(b"POST /w1/add-checkpoint HTTP/1.1\r\n")
        time.sleep(0.2)
        turned_away = sum(b"503" in _now(one) for one in crowd)
        assert turned_away >= 30 - 8
        time.sleep(1.0)  # the others had their time

        assert post(server, log.ask(0, 3))[0] == 200
        for one in crowd:
            one.close()

    def test_an_idle_connection_lives_longer_than_a_slow_request(
        self, server: WitnessServer, log: Log
    ) -> None:
        connection = connect(server)
        for size in range(2):
            connection.request("POST", "/w1/add-checkpoint", log.ask(size, size + 1))
            assert connection.getresponse().read()
            time.sleep(0.8)
        connection.close()


def _now(connection: socket.socket) -> bytes:
    connection.setblocking(False)
    try:
        return connection.recv(100)
    except OSError:
        return b""
    finally:
        connection.setblocking(True)


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_what_comes_behind_a_question_is_never_taken_for_the_next_one(
    server: WitnessServer, log: Log, method: str
) -> None:
    """Else whoever shares a proxy's connection could make another get a wrong answer."""
    hidden = log.ask(0, 3)
    hidden = b"POST /w1/add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(hidden), hidden)
    for head in (b"Content-Length: %d" % len(hidden), b"Transfer-Encoding: chunked"):
        asked = b"%s /w1/health HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n" % (method.encode(), head)
        assert raw(server, asked + hidden).count(b"HTTP/1.1 ") == 1
    assert server.witness.store.latest_of_all() == []


def test_a_body_of_two_lengths_is_refused(server: WitnessServer, log: Log) -> None:
    body = log.ask(0, 3)
    head = b"POST /w1/add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\nContent-Length: 1\r\n\r\n" % len(body)
    assert raw(server, head + body).startswith(b"HTTP/1.1 411 ")


@pytest.mark.parametrize(
    "address", ["http://[", "http://[::1/w1/health", "*", "http://a:b:c/%ff%00", "/w1/health?a=%zz"]
)
def test_an_address_that_is_none_gets_an_answer(server: WitnessServer, address: str) -> None:
    for method in ("GET", "POST"):
        told = raw(
            server, f"{method} {address} HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        assert told.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 200 ")), told
