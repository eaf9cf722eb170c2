"""The top floor: what happens between people, and the doors."""

from django.apps import AppConfig


class MediationConfig(AppConfig):
    """Wiring, template tags and the checks of every port."""

    name = "mediation"
    label = "mediation"

    def ready(self) -> None:
        from mediation import checks  # noqa: F401 — registers the checks
        from mediation.dates import rules_watch

        rules_watch.watch()
