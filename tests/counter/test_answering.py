"""An institution answers: every claim, and a loan whose payments come typed, pasted or in a file."""

import io
from http import HTTPStatus

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.models import Answer, Case, Loan
from cases.workflow import Stage
from mediation.counter.schedule_reading import ScheduleError, read_file, read_rows
from tests import factories

UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def answer_url(case: Case) -> str:
    return reverse("counter:act", args=[case.docket, "answer"])


def filled_in(case: Case, **changes: object) -> dict[str, object]:
    said: dict[str, object] = {
        "principal": "一万", "received": "9000", "plan": "equal", "payment": "943.56", "months": "12",
        "contract_no": "JF-1", "rate": "23.9", "account": "甲公司 样例银行 6200",
    }  # fmt: skip
    for claim in case.claims.all():
        said |= {f"position_{claim.number}": "partly", f"words_{claim.number}": f"答复{claim.number}"}
    return said | {"amount_1": "1千"} | changes


@pytest.fixture
def client(client, lender):
    client.force_login(lender)
    return client


@pytest.mark.django_db
def test_answering_states_the_loan_and_answers_every_claim_once(client, accepted_case) -> None:
    before = accepted_case.steps.count()
    for _again in range(2):
        assert (
            client.post(answer_url(accepted_case), filled_in(accepted_case)).status_code == HTTPStatus.FOUND
        )

    loan = Loan.objects.get(case=accepted_case)
    assert (loan.principal_fen, loan.received_fen, len(loan.schedule)) == (1_000_000, 900_000, 12)
    assert str(loan.nominal_rate) == "0.2390"
    assert Answer.objects.get(claim__case=accepted_case, claim__number=1).amount_fen == 100_000
    assert accepted_case.steps.count() == before + 1


@pytest.mark.django_db
def test_what_was_answered_stands_in_the_form_again(client, accepted_case) -> None:
    client.post(answer_url(accepted_case), filled_in(accepted_case, plan="rows", rows="1 500\n2 600,50"))
    assert Loan.objects.get(case=accepted_case).schedule == []

    client.post(answer_url(accepted_case), filled_in(accepted_case, plan="rows", rows="1 500\n2 600.50"))
    seen = client.get(answer_url(accepted_case)).content.decode()
    assert "2 600.50" in seen
    assert "答复1" in seen


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"words_1": ""}, "请写明对这项请求的答复"),
        ({"position_1": ""}, "请选择对这项请求的意见"),
        ({"principal": "不少"}, "金额"),
        ({"plan": ""}, "请选择还款方式"),
        ({"payment": ""}, "请填写每期还款额"),
        ({"months": "一年"}, "请填写期数"),
        ({"plan": "rows", "rows": "1 500\n第二期"}, "第 2 行"),
        ({"plan": "file"}, "请选择还款明细文件"),
        ({"rate": "两分利"}, "请用数字填写利率"),
    ],
)
def test_bad_input_says_what_to_mend_and_keeps_the_rest(client, accepted_case, change, told) -> None:
    answer = client.post(answer_url(accepted_case), filled_in(accepted_case, **change))

    seen = answer.content.decode()
    assert answer.status_code == UNPROCESSABLE
    assert told in seen
    assert "答复2" in seen
    assert "甲公司 样例银行 6200" in seen
    assert not Answer.objects.exists()


@pytest.mark.django_db
def test_a_bad_paper_leaves_neither_loan_nor_answer(client, accepted_case) -> None:
    empty = SimpleUploadedFile("合同.pdf", b"not a pdf at all", content_type="application/pdf")
    answer = client.post(answer_url(accepted_case), filled_in(accepted_case, contract_file=[empty]))

    assert answer.status_code == UNPROCESSABLE
    assert "答复1" in answer.content.decode()
    assert not Answer.objects.exists()
    assert Loan.objects.get(case=accepted_case).schedule == []


@pytest.mark.django_db
def test_once_the_talks_began_the_answer_stands(client, case_in_mediation) -> None:
    assert client.get(answer_url(case_in_mediation)).status_code == HTTPStatus.FOUND
    late = client.post(answer_url(case_in_mediation), filled_in(case_in_mediation, words_1="改口"))

    assert late.status_code == UNPROCESSABLE
    assert "改口" in late.content.decode()
    assert Answer.objects.get(claim__case=case_in_mediation, claim__number=1).words != "改口"


@pytest.mark.django_db
def test_refusing_to_mediate_needs_a_reason(client, accepted_case) -> None:
    url = reverse("counter:act", args=[accepted_case.docket, "refuse"])
    assert client.post(url, {"reason": " "}).status_code == UNPROCESSABLE
    client.post(url, {"reason": "已有生效判决"})
    accepted_case.refresh_from_db()
    assert accepted_case.stage == Stage.CLOSED


@pytest.mark.django_db
def test_phone_and_identity_number_are_masked(client, lender, institution, centre, officer, citizen) -> None:
    case = factories.accept(
        factories.filed_case(
            centre=centre, institution=institution, citizen=citizen, id_number="11010519491231002X"
        ),
        officer,
    )
    seen = client.get(reverse("counter:case", args=[case.docket])).content.decode()

    assert citizen.phone not in seen
    assert "11010519491231002X" not in seen
    assert "002X" in seen


@pytest.mark.parametrize(
    ("text", "payments"),
    [
        ("1 943.56\n2 943.56", [(1, 94_356), (2, 94_356)]),
        ("第1期，一千\n第2期，1,200.50", [(1, 100_000), (2, 120_050)]),
        ("期数\t金额\n2\t5\n1\t10", [(1, 1_000), (2, 500)]),
    ],
)
def test_pasted_rows_are_read(text, payments) -> None:
    assert read_rows(text) == payments


@pytest.mark.parametrize(
    "text", ["", "期数 金额", "1 10\n1 20", "1 10\n2", "1 10\nx 20", "1 10\n2 -5", "0 5", "第一期 500"]
)
def test_rows_that_are_no_plan_are_refused(text) -> None:
    with pytest.raises(ScheduleError):
        read_rows(text)


def workbook(rows: list[list[object]]) -> io.BytesIO:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    file.seek(0)
    return file


def test_a_workbook_is_read_by_the_heads_of_its_columns() -> None:
    rows = [["期数", "应还本金", "应还合计"], [1, 800, 943.56], [2, 810, 943.56]]
    assert read_file(workbook(rows), name="计划.xlsx") == [(1, 94_356), (2, 94_356)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_both_encodings_of_the_land(encoding) -> None:
    file = io.BytesIO("期数,金额\n1,943.56\n2,943.56\n".encode(encoding))
    assert read_file(file, name="计划.csv") == [(1, 94_356), (2, 94_356)]


@pytest.mark.parametrize(
    ("name", "data"), [("a.xlsx", b"PK nonsense"), ("a.pdf", b"%PDF"), ("a.csv", b"\xff\xfe\x00")]
)
def test_a_file_that_cannot_be_read_says_so(name, data) -> None:
    with pytest.raises(ScheduleError):
        read_file(io.BytesIO(data), name=name)
