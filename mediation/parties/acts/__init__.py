"""Everything that both sides can do, by name, in the order in which it matters."""

from mediation.parties.acts import bids, papers, payments, reach, talks, terms
from mediation.parties.acts.shape import Act, Done

__all__ = ["ACTS", "Act", "Done"]

ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        talks.SUPPLEMENT,
        terms.COURT_PAPERS,
        terms.PROPOSAL,
        terms.SIGN,
        bids.ANSWER_MIDDLE,
        bids.SEAL_FIGURE,
        bids.CHOOSE_ROUND,
        talks.EXTENSION,
        talks.DISCLOSURE,
        talks.IDENTITY,
        talks.CHOOSE,
        terms.APPLY,
        terms.COUNTER,
        bids.ASK_ROUND,
        payments.PAY,
        payments.RECEIVED,
        payments.NOT_RECEIVED,
        payments.DEFAULT,
        talks.EVIDENCE,
        talks.WITHDRAW_EXHIBIT,
        reach.REACH,
        reach.RECEIVED_NOTICE,
        papers.PROOF,
        papers.AGENT,
        papers.PRIVACY,
        papers.DEBT_DATES,
        papers.CREDIT,
        bids.MACHINE,
        terms.OBJECT,
        bids.LEAVE_ROUND,
        talks.REFUSE_TO_MEDIATE,
        talks.WITHDRAW,
    )
}
