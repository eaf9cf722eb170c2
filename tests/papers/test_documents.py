"""The papers of a case: whole or refused, letter for letter, the same bytes every time, in our own fonts."""

import copy
import threading
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from django.utils import translation
from PIL import Image

from mediation.documents.characters import covered, printable
from mediation.documents.dates import chinese_clock, chinese_date, chinese_moment, chinese_numeral_date
from mediation.documents.kinds import KINDS
from mediation.documents.needs import MissingContent, Need, UnknownCharacter, lacking
from mediation.documents.render import FONTS, TEMPLATES, page_images, render
from tests.paper_samples import SAMPLES


def words_of(pdf: bytes) -> str:
    """All text of a PDF in reading order, without any white space."""
    document = pypdfium2.PdfDocument(pdf)
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in document)


def changed(kind: str, **contents: Any) -> dict[str, Any]:
    return {**copy.deepcopy(SAMPLES[kind]), **contents}


def test_every_kind_has_a_sample_and_a_template() -> None:
    templates = {path.stem for path in TEMPLATES.glob("*.typ") if not path.stem.startswith("_")}

    assert set(KINDS) == set(SAMPLES) == templates


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_becomes_an_archival_pdf_in_our_fonts_only(kind: str) -> None:
    pdf = render(kind, SAMPLES[kind])
    reader = pypdf.PdfReader(BytesIO(pdf))
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = {
        str(font.get_object()["/BaseFont"])[8:-11] for each in resources for font in each["/Font"].values()
    }

    assert fonts == {"MediationSong", "MediationTitle"}
    assert f"pdfaid:part>{KINDS[kind].standard[2]}<".encode() in pdf
    assert reader.metadata is not None
    assert reader.metadata.title == KINDS[kind].title
    assert KINDS[kind].title in words_of(pdf)
    assert f"第{len(reader.pages)}页，共{len(reader.pages)}页" in words_of(pdf)


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_same_content_gives_the_same_bytes(kind: str) -> None:
    assert render(kind, SAMPLES[kind]) == render(kind, copy.deepcopy(SAMPLES[kind]))


@pytest.mark.parametrize("kind", SAMPLES)
def test_leaving_out_any_required_content_is_refused(kind: str) -> None:
    for need in KINDS[kind].needs:
        if need.optional or not need.applies_to(SAMPLES[kind]):
            continue
        blank = dict.fromkeys(need.key.split("|"), "  ")
        with pytest.raises(MissingContent) as refused:
            render(kind, changed(kind, **blank))
        assert refused.value.missing[0] == str(need.name), f"{kind} without {need.key}"


def test_every_lacking_content_is_named_at_once_and_row_by_row() -> None:
    terms = copy.deepcopy(SAMPLES["agreement"]["terms"])
    del terms[1]["due_on"], terms[1]["overdue"]
    terms[0]["account"]["number"] = ""

    with translation.override("en"), pytest.raises(MissingContent) as refused:
        render("agreement", changed("agreement", terms=terms, waiver=""))

    assert refused.value.missing == (
        "the terms, no. 1: the account that receives: the account number",
        "the terms, no. 2: the day it is due",
        "the terms, no. 2: what follows when it is late",
        "which other claims are given up, and which are not",
    )
    assert "Settlement agreement" in str(refused.value)


def test_zero_is_an_answer_but_an_untold_right_is_not() -> None:
    terms = copy.deepcopy(SAMPLES["agreement"]["terms"])
    terms[1]["amount_fen"] = 0
    assert "零元整" in words_of(render("agreement", changed("agreement", terms=terms)))

    with pytest.raises(MissingContent):
        render("application", changed("application", told_voluntary=False))


def test_a_paid_agent_must_be_named() -> None:
    content = changed(
        "application", agent={"is_used": True, "name": "王某", "relation": "表兄", "is_paid": False}
    )
    assert "不收取任何费用" in words_of(render("application", content))

    with pytest.raises(MissingContent):
        render("application", changed("application", agent={"is_used": True, "name": "王某"}))


@pytest.mark.parametrize(
    "typed",
    [
        r'#panic("x") $x^2$ [a] \ *b* _c_ `d` <e> @f // g /* h */ "i" \u{41}',
        '#import "_house.typ": * #read("/etc/passwd")',
        '{"a": "b"} \\n \\" ~ -- --- ... = + - / :',
    ],
)
def test_what_people_type_comes_out_letter_for_letter(typed: str) -> None:
    pdf = render("decline_notice", changed("decline_notice", facts=f"前{typed}后", to=typed, contact=typed))

    assert words_of(pdf).count("".join(typed.split())) == 3


def test_a_very_long_word_stays_on_the_page() -> None:
    address = "https://example.test/" + "a1B2" * 100
    pdf = render("decline_notice", changed("decline_notice", facts=address))
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    right_edge = max(text.get_rect(number)[2] for number in range(text.count_rects()))

    assert right_edge < page.get_width() - 50
    assert address in words_of(pdf).replace("\u200b", "")


@pytest.mark.parametrize("name", ["周喆", "罗婳", "刘𬱖", "欧阳㛃", "𠅤一鸣", "李䶮", "阿依古丽·买买提"])
def test_rare_names_are_printed(name: str) -> None:
    assert name in words_of(render("decline_notice", changed("decline_notice", to=name)))


def test_what_people_sign_is_refused_by_its_letter_never_marked() -> None:
    parties = [{**SAMPLES["agreement"]["parties"][0], "name": "张ꡅ"}, SAMPLES["agreement"]["parties"][1]]
    with translation.override("en"), pytest.raises(UnknownCharacter, match=r"“ꡅ” \(U\+A845\)"):
        render("agreement", changed("agreement", parties=parties))

    elsewhere = [{**SAMPLES["agreement"]["parties"][0], "address": "ꡅ路1号"}]
    assert "[U+A845]路1号" in words_of(render("agreement", changed("agreement", parties=elsewhere)))


def test_a_story_in_other_letters_is_marked_and_the_paper_says_so() -> None:
    told = "公司的人说：\u202eسلام عليكم يا أخي\u202c，然后挂了电话。😀"
    words = words_of(render("decline_notice", changed("decline_notice", facts=told, to="张ꡅ")))

    assert "公司的人说：〔此处14个字符无法印出〕，然后挂了电话。[U+1F600]" in words
    assert "张[U+A845]" in words
    assert "有16个字符不在文书字库内" in words
    assert "以原文为准" in words
    assert "字符说明" not in words_of(render("decline_notice", SAMPLES["decline_notice"]))


def test_signs_outside_the_fonts_show_their_code_and_hidden_ones_vanish() -> None:
    assert printable("🙂，🙂、🙂！") == "〔此处3个字符无法印出〕！"
    assert printable("ا ب") == "[U+0627] [U+0628]"
    assert printable("\u2066甲\u2069\ud83d乙\u0007") == "甲乙"
    assert printable("好🙂") == "好[U+1F642]"
    assert printable("付\u202e001\u200b元\ufeff") == "付001元"
    assert printable("一\r\n二\t三") == "一\n二 三"
    assert len(covered()) > 30_000


def test_amounts_are_written_in_figures_and_capitals_and_dates_in_chinese() -> None:
    words = words_of(render("agreement", SAMPLES["agreement"]))

    assert "人民币7,500.50元（大写：柒仟伍佰元伍角整）" in words
    assert "2026年12月1日" in words
    assert "附件分期履行计划表" in words
    assert words.count("600.00") == 12


def test_dates_as_notices_and_rulings_write_them() -> None:
    assert chinese_date(date(2026, 11, 22)) == "2026年11月22日"
    assert chinese_numeral_date(date(2026, 11, 22)) == "二〇二六年十一月二十二日"
    assert chinese_numeral_date(date(2030, 10, 10)) == "二〇三〇年十月十日"
    assert chinese_numeral_date(date(2027, 1, 31)) == "二〇二七年一月三十一日"
    assert chinese_moment(datetime(2026, 11, 22, 16, 5, tzinfo=UTC)) == "2026年11月23日 00时05分"
    assert chinese_clock(datetime(2026, 11, 22, 6, 5, tzinfo=UTC)) == "14时05分"
    with pytest.raises(ValueError, match="time zone"):
        chinese_moment(datetime(2026, 11, 22))


def test_a_ruling_confirms_or_dismisses() -> None:
    confirmed = words_of(render("ruling", SAMPLES["ruling"]))
    assert "达成的调解协议（编号：新调协〔2026〕0017号）有效" in confirmed
    assert "二〇二六年十二月二日" in confirmed
    assert "139****0117" not in confirmed

    with pytest.raises(MissingContent):
        render("ruling", changed("ruling", outcome="dismissed"))
    dismissal = changed("ruling", outcome="dismissed", dismissal_ground="调解协议内容不明确，无法确认")
    dismissed = words_of(render("ruling", dismissal))
    assert "驳回申请人周喆与申请人安渝消费金融有限公司的确认调解协议申请" in dismissed
    assert "十五日内提出" in confirmed
    assert "十五日内提出" not in dismissed
    assert KINDS["ruling"].wording == "M"


def test_the_record_sheet_answers_each_question_of_the_court() -> None:
    words = words_of(render("record_sheet", SAMPLES["record_sheet"]))

    for article in (
        "第十六条",
        "第十七条第一项",
        "第十七条第二项",
        "第十七条第三项",
        "第十七条第四项",
        "第十八条",
    ):
        assert article in words
    for answer in SAMPLES["record_sheet"]["answers"].values():
        assert "".join(answer["gives"].split()) in words
        assert "".join(answer["lacks"].split()) in words


def test_the_record_sheet_carries_its_fingerprints_for_programs() -> None:
    reader = pypdf.PdfReader(BytesIO(render("record_sheet", SAMPLES["record_sheet"])))

    assert reader.attachments["record-sheet.json"] == [SAMPLES["record_sheet"]["machine"].encode()]


def test_a_draft_says_so_across_the_page() -> None:
    assert "草稿" in words_of(render("agreement", changed("agreement", is_draft=True)))
    assert "草稿" not in words_of(render("agreement", SAMPLES["agreement"]))


def test_pages_can_be_shown_as_pictures() -> None:
    pictures = page_images(render("agreement", SAMPLES["agreement"]))

    assert len(pictures) == 3
    for picture in pictures:
        image = Image.open(BytesIO(picture))
        assert image.format == "PNG"
        assert image.height > image.width > 800


def test_many_hands_can_print_at_once() -> None:
    expected = render("ruling", SAMPLES["ruling"])
    printed: list[bytes] = []
    hands = [
        threading.Thread(target=lambda: printed.append(render("ruling", SAMPLES["ruling"]))) for _ in range(8)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert printed == [expected] * 8


def every_need(needs: tuple[Need, ...]) -> list[Need]:
    return [*needs, *(inner for need in needs for inner in every_need(need.each))]


def test_each_kind_says_which_rules_ask_for_its_contents() -> None:
    for kind in KINDS.values():
        needs = every_need(kind.needs)
        assert any(need.article for need in needs), kind.code
        assert {need.status for need in needs} <= {"T", "P", "M"}
        assert list(lacking({}, kind.needs)), kind.code


def test_the_fonts_bring_their_licence_and_stay_light() -> None:
    files = [path for path in Path(FONTS).iterdir() if path.is_file()]

    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in files) < 22_000_000
