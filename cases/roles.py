"""Who may act. One person has one role; what a role may do stands in workflow.py and nowhere else."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The people of a dispute, and the system itself."""

    CITIZEN = "citizen", _("New citizen")  # 新市民
    INSTITUTION = "institution", _("Financial institution")  # 金融机构
    OFFICER = "officer", _("Case officer")  # 受理员
    MEDIATOR = "mediator", _("Mediator")  # 调解员
    COURT = "court", _("Court")  # 法院
    SYSTEM = "system", _("System")  # 系统


class Side(TextChoices):
    """The two sides of a dispute."""

    CLAIMANT = "claimant", _("Claimant")  # 申请人
    RESPONDENT = "respondent", _("Respondent")  # 被申请人


STAFF_ROLES = {Role.OFFICER, Role.MEDIATOR}
