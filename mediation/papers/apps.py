"""The room `papers`: notices of acceptance, invitations, disclosures, endings; each made once, whatever happens."""

from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Listens to the one announcement of the house."""

    name = "mediation.papers"
    label = "papers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from evidence.signals import entry_appended
        from mediation.papers import requests

        entry_appended.connect(requests.ask_for_papers, dispatch_uid="papers.requests")
