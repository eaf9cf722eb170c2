"""People and cases by trait. Cases are made by the services themselves, so that their chains are whole."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from cases.claims import ClaimKind, Remedy
from cases.models import Answer, Case, Centre, Court, Institution, Licence, User
from cases.roles import Role
from cases.services import acceptance, answering, assignment, intake
from evidence.sealing import blind_index

STORY = (
    "去年五月我在甲消费金融公司借了一万块钱，分十二期还，每个月要还九百四十三块五毛六。"
    "到账只有九千块，扣了一千块服务费，当时没有人跟我说。算下来利息超过百分之三十六，我要求退还多收的钱。"
)


class CourtFactory(DjangoModelFactory[Court]):
    class Meta:
        model = Court

    name = factory.Sequence(lambda n: f"样例市第{n}区人民法院")
    code = factory.Sequence(lambda n: f"例{n:04d}")


class CentreFactory(DjangoModelFactory[Centre]):
    class Meta:
        model = Centre

    name = factory.Sequence(lambda n: f"样例市新市民金融纠纷调解中心{n}")
    code = factory.Sequence(lambda n: f"C{n:04d}")
    phone = "021-00000000"
    court = factory.SubFactory(CourtFactory)


class InstitutionFactory(DjangoModelFactory[Institution]):
    class Meta:
        model = Institution

    name = factory.Sequence(lambda n: f"甲{n}消费金融有限公司")
    short_name = factory.Sequence(lambda n: f"甲{n}消费金融")
    licence = Licence.CONSUMER_FINANCE
    credit_code = "91310000SAMPLE0001"
    address = "样例市金融路1号"
    representative = "钱某"
    phone = "13900000000"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        citizen = factory.Trait(
            role=Role.CITIZEN,
            name="杨小满",
            phone=factory.Sequence(lambda n: f"1380000{n:04d}"),
            phone_index=factory.LazyAttribute(lambda o: blind_index(o.phone, purpose="phone")),
            username=factory.LazyAttribute(lambda o: f"c-{blind_index(o.phone, purpose='phone')[:32]}"),
        )
        officer = factory.Trait(role=Role.OFFICER, name="周受理", centre=factory.SubFactory(CentreFactory))
        mediator = factory.Trait(role=Role.MEDIATOR, name="林调解", centre=factory.SubFactory(CentreFactory))
        lender = factory.Trait(
            role=Role.INSTITUTION, name="甲公司经办", institution=factory.SubFactory(InstitutionFactory)
        )
        judge = factory.Trait(role=Role.COURT, name="沈法官", court=factory.SubFactory(CourtFactory))

    username = factory.Sequence(lambda n: f"person{n}")
    name = "某人"
    password = factory.django.Password("correct horse battery")


def answers(citizen: User, institution: Institution, **changes: Any) -> dict[str, Any]:
    """A whole set of answers to the eight questions."""
    return {
        "respondent": institution.name,
        "institution": institution.pk,
        "licence": institution.licence,
        "kind": ClaimKind.HIGH_RATE,
        "amount_fen": 230_000,
        "principal_fen": 1_000_000,
        "received_fen": 900_000,
        "story": STORY,
        "contract_on": "2025-05-12",
        "product": "消费贷",
        "contract_no": "JF-2025-0001",
        "place": "样例市",
        "remedies": [Remedy.REFUND, Remedy.STOP_COLLECTION],
        "wanted": "退还多收的服务费，不要再打电话",
        "name": citizen.name,
        "phone": citizen.phone,
        "address": "样例市平安里2号",
        "e_delivery": True,
        "agreed": True,
        **changes,
    }


def filed_case(*, centre: Centre, institution: Institution, citizen: User, **changes: Any) -> Case:
    """A case that a citizen has just filed."""
    case = intake.draft_case()
    Case.objects.filter(pk=case.pk).update(centre=centre)
    intake.save_answers(case_id=case.pk, **answers(citizen, institution, **changes))
    return intake.file_case(case_id=case.pk)


def accept(case: Case, officer: User) -> Case:
    """The same case, accepted."""
    return acceptance.accept_case(case_id=case.pk, officer=officer)


def answer(case: Case, lender: User) -> Case:
    """The institution answers every claim and states the loan: 12 payments of 943.56 yuan for 10,000."""
    answering.state_loan(
        case_id=case.pk,
        person=lender,
        principal_fen=1_000_000,
        received_fen=900_000,
        payments=[(month, 94_356) for month in range(1, 13)],
        contract_no="JF-2025-0001",
    )
    replies = {
        claim.number: answering.Reply(Answer.Position.PARTLY, "服务费有合同依据，愿意协商。", 100_000)
        for claim in case.claims.all()
    }
    return answering.answer_claims(case_id=case.pk, person=lender, replies=replies)


def bring_to_mediation(case: Case, *, officer: User, mediator: User, lender: User) -> Case:
    """The same case, answered, with a confirmed mediator, in the talks."""
    answer(case, lender)
    assignment.assign_mediator(case_id=case.pk, officer=officer, mediator_id=mediator.pk)
    assignment.take_on(case_id=case.pk, mediator=mediator, has_relation=False)
    return assignment.open_mediation(case_id=case.pk, mediator=mediator)
