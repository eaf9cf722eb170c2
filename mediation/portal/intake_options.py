"""The answers that people choose from, in plain words."""

from django.utils.translation import gettext_lazy as _

from cases.claims import ClaimKind, Remedy
from mediation.forms import OptionText

TROUBLES = [
    (
        _("The loan costs too much"),
        [
            (ClaimKind.HIGH_RATE, OptionText(_("Interest too high"), _("More than they told me"), "yuan")),
            (ClaimKind.HIDDEN_FEE, OptionText(_("Hidden fees"), _("Service fee, guarantee fee"), "card")),
            (
                ClaimKind.CARD_INSTALMENT,
                OptionText(_("Card instalment fees"), _("The fee is too high"), "card"),
            ),
            (
                ClaimKind.EARLY_REPAYMENT,
                OptionText(_("Paying back early costs extra"), _("A penalty, or not allowed"), "calendar"),
            ),
        ],
    ),
    (
        _("I did not agree to it"),
        [
            (
                ClaimKind.DEDUCTION,
                OptionText(_("Money was taken from me"), _("Or I got less than I borrowed"), "hand"),
            ),
            (
                ClaimKind.FORCED_INSURANCE,
                OptionText(_("I had to buy insurance"), _("Or a membership, a service"), "shield"),
            ),
            (
                ClaimKind.UNAUTHORISED_LOAN,
                OptionText(_("I did not borrow, yet I must pay"), _("Someone used my name"), "userx"),
            ),
            (
                ClaimKind.CARD_FRAUD,
                OptionText(
                    _("Money was stolen from my account"), _("A card, a phone, a strange message"), "card"
                ),
            ),
            (
                ClaimKind.MISSELLING,
                OptionText(_("They promised what was not true"), _("A policy, a product, gains"), "hand"),
            ),
        ],
    ),
    (
        _("Collection and credit record"),
        [
            (
                ClaimKind.HARASSMENT,
                OptionText(_("Hounded for the debt"), _("Calls to family and workmates"), "call"),
            ),
            (
                ClaimKind.CREDIT_RECORD,
                OptionText(_("My credit record is wrong"), _("I want it put right"), "list"),
            ),
        ],
    ),
    (
        _("Other troubles"),
        [
            (
                ClaimKind.HARDSHIP,
                OptionText(_("I cannot pay, I want to talk"), _("No work, illness, unpaid wages"), "chat"),
            ),
            (
                ClaimKind.TRAINING_LOAN,
                OptionText(_("A loan for a course"), _("The course never came, or is bad"), "file"),
            ),
            (
                ClaimKind.RENTAL_LOAN,
                OptionText(_("A loan for the rent"), _("The agent is gone, I still pay"), "home"),
            ),
            (
                ClaimKind.INSURANCE_DENIAL,
                OptionText(_("The insurer does not pay"), _("I was hurt or ill, they say no"), "shield"),
            ),
            (
                ClaimKind.OTHER,
                OptionText(_("Something else, or hard to say"), _("A mediator will call you"), "help"),
            ),
        ],
    ),
]
REMEDIES = [
    (Remedy.REFUND, OptionText(_("Money back"), _("What was taken too much"))),
    (Remedy.REDUCE, OptionText(_("Pay less"), _("Less interest, less fees"))),
    (Remedy.RESCHEDULE, OptionText(_("More time to pay"), _("Smaller payments each month"))),
    (Remedy.STOP_COLLECTION, OptionText(_("Stop the calls"), _("No calls to family or work"))),
    (Remedy.CORRECT_CREDIT, OptionText(_("Correct my credit record"))),
    (Remedy.CANCEL_CONTRACT, OptionText(_("Cancel the contract"))),
    (Remedy.COMPENSATE, OptionText(_("Compensation"), _("For the harm done to me"))),
    (Remedy.APOLOGY, OptionText(_("An apology"))),
]

PRODUCTS = [
    _("Consumer loan"),
    _("Cash loan"),
    _("Card instalments"),
    _("Car loan"),
    _("Training loan"),
    _("Rental loan"),
]
