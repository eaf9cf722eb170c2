"""The room `performance`: begins when a ruling confirms the agreement, or when both go on without one."""

from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    """Plans the instalments in the transaction of the step that starts performance, with what their days bring."""

    name = "mediation.performance"
    label = "performance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cases.services.working_off import AGREED
        from evidence.signals import entry_appended
        from mediation.performance import beginning, reminding

        AGREED.update({reminding.SOON: reminding.remind, reminding.LATE: reminding.mark_late})
        entry_appended.connect(beginning.plan_instalments, dispatch_uid="performance.plan")
