"""What a dispute is about (请求 claim, 案由) and what the citizen wants done (诉求 remedy)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ClaimKind(TextChoices):
    """The causes of a consumer-loan dispute that the centre knows."""

    HIGH_RATE = "high_rate", _("Interest too high")  # 利率过高
    HIDDEN_FEE = "hidden_fee", _("Hidden fees")  # 隐性收费
    FORCED_INSURANCE = "forced_insurance", _("Insurance or service forced on me")  # 强制搭售
    UNAUTHORISED_LOAN = "unauthorised_loan", _("A loan I did not take")  # 冒名贷款
    CREDIT_RECORD = "credit_record", _("Wrong credit record")  # 征信异议
    EARLY_REPAYMENT = "early_repayment", _("Early repayment")  # 提前还款
    HARASSMENT = "harassment", _("Harassing collection")  # 不当催收
    HARDSHIP = "hardship", _("Cannot pay for now")  # 协商还款
    TRAINING_LOAN = "training_loan", _("Training loan")  # 培训贷
    CARD_INSTALMENT = "card_instalment", _("Card instalment fees")  # 信用卡分期
    DEDUCTION = "deduction", _("Money taken without consent")  # 违规扣款、砍头息
    RENTAL_LOAN = "rental_loan", _("Rental loan")  # 租金贷
    CARD_FRAUD = "card_fraud", _("Money stolen from my account")  # 盗刷
    MISSELLING = "misselling", _("Sold with false promises")  # 误导销售
    INSURANCE_DENIAL = "insurance_denial", _("The insurer does not pay")  # 保险拒赔
    OTHER = "other", _("Something else")  # 其他


class Remedy(TextChoices):
    """What the citizen asks for."""

    REFUND = "refund", _("Money back")  # 退款
    REDUCE = "reduce", _("Pay less")  # 减免
    RESCHEDULE = "reschedule", _("More time to pay")  # 展期、分期
    CORRECT_CREDIT = "correct_credit", _("Correct my credit record")  # 更正征信
    STOP_COLLECTION = "stop_collection", _("Stop the calls")  # 停止催收
    CANCEL_CONTRACT = "cancel_contract", _("Cancel the contract")  # 解除合同
    APOLOGY = "apology", _("An apology")  # 道歉
    COMPENSATE = "compensate", _("Compensation")  # 赔偿
