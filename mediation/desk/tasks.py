"""What belongs to each stage of a case, done or not yet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cases.workflow import Stage

if TYPE_CHECKING:
    from mediation.desk.case_file import CaseFile


def tasks_of(file: "CaseFile") -> Sequence[tuple[bool, str]]:
    """Each task of the present stage, with whether it is done."""
    case = file.case
    match case.stage:
        case Stage.ACCEPTANCE:
            return [
                (bool(case.respondent and case.respondent.institution_id), _("Other side is on our list")),
                (not file.objections, _("Nothing stands against acceptance")),
            ]
        case Stage.FACT_FINDING:
            return [
                (bool(case.mediator_id), _("Mediator assigned")),
                (bool(case.mediator_confirmed_at), _("Mediator disclosed and took it on")),
                (any(answer for _claim, answer in file.claims), _("Institution answered")),
                (file.audit.cost is not None, _("Figures of the loan known")),
            ]
        case Stage.MEDIATION:
            confirmed = bool(file.facts_replies) and all(at for _side, at in file.facts_replies)
            held = any(hearing.ended_at for hearing, _url in file.hearings)
            return [
                (held, _("A hearing was held")),
                (confirmed, _("Both sides confirmed the undisputed facts")),
                (bool(file.proposals), _("Terms offered")),
                (False, _("Both sides accept the same version")),
            ]
        case Stage.SIGNING:
            complete = all(
                party.address and (party.id_number or party.institution_id) for party in file.parties
            )
            return [
                (True, _("Both sides accepted the same version")),
                (complete, _("Identity and address of both sides known")),
                (file.agreement is not None, _("Agreement drawn up")),
                *((bool(one["at"]), _("%(who)s signed") % {"who": one["role"]}) for one in file.signatures),
            ]
        case Stage.CONFIRMATION:
            sent = bool(file.application and file.application.sent_at)
            return [
                (True, _("Agreement in force")),
                (file.row.claimant_consented or sent, _("Claimant signed the joint application")),
                (file.row.respondent_consented or sent, _("Institution signed the joint application")),
                (sent, _("Packet sent to the court")),
            ]
        case _:
            return []
