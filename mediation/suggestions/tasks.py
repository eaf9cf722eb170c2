"""Background work of the suggestions."""

from celery import shared_task


@shared_task  # type: ignore[untyped-decorator]
def read_settled() -> int:
    """Read the stories of settled cases that nobody has read yet, so that no mediator waits for it."""
    from mediation.suggestions import stock  # the models are loaded by the worker alone

    return len(stock.shelf().read)
