"""Ending rounds whose time ran out."""

from celery import shared_task

from mediation.bids import services


@shared_task  # type: ignore[untyped-decorator]
def end_rounds() -> int:
    """End what is over and destroy its figures."""
    return services.sweep()
