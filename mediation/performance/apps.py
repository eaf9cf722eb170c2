"""The room `performance`: begins when a ruling confirms the agreement, or when both go on without one."""

from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    """Plans the instalments in the transaction of the step that starts performance."""

    name = "mediation.performance"
    label = "performance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from evidence.signals import entry_appended
        from mediation.performance import beginning

        entry_appended.connect(beginning.plan_instalments, dispatch_uid="performance.plan")
