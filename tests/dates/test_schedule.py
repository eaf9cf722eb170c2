"""What the clock asks for exists, and goes to a queue that somebody works off."""

from django.conf import settings

from mediation.celery import app

QUEUES = {"celery", "heavy"}  # the two that run_site and docs/operate.md start workers for


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()

    asked_for = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}

    assert asked_for - set(app.tasks) == set()


def test_every_task_goes_to_a_queue_with_a_worker() -> None:
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if name.split(".")[0] in {"evidence", "cases", "mediation"}]

    routes = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}

    assert ours
    assert set(routes.values()) <= QUEUES, routes
