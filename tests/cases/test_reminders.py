"""Workers are reminded of what is owed; a broker that is away costs nothing but time."""

import pytest
from kombu.exceptions import OperationalError

from cases.reminders import remind, remind_after_commit


class Task:
    """Notes what it is sent; without a broker nothing can be sent."""

    name = "papers.render_due"

    def __init__(self, *, has_broker: bool = True) -> None:
        self.sent: list[tuple[object, ...]] = []
        self.has_broker = has_broker

    def apply_async(self, *, args: tuple[object, ...], retry: bool) -> None:
        assert not retry, "nobody waits for a broker"
        if not self.has_broker:
            raise OperationalError
        self.sent.append(args)


def test_without_a_broker_what_is_owed_waits_for_the_sweep(caplog: pytest.LogCaptureFixture) -> None:
    remind(Task(has_broker=False), 7)

    assert "papers.render_due (7,) waits for the next sweep" in caplog.text


@pytest.mark.django_db
def test_a_worker_hears_of_it_once_it_is_on_the_disk(django_capture_on_commit_callbacks) -> None:
    task = Task()
    with django_capture_on_commit_callbacks(execute=True):
        remind_after_commit(task, 7)
        assert task.sent == []

    assert task.sent == [(7,)]
