"""Watching what is due."""

from celery import shared_task

from mediation.performance import services


@shared_task  # type: ignore[untyped-decorator]
def sweep_instalments() -> int:
    """Remind of what is due soon and mark what is late, once each."""
    return services.sweep()
