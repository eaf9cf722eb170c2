"""What goes wrong in real life: a session ended, a finger pressed twice, two people at once, hostile words."""

from tests.journeys import acts, intake, samples
from tests.journeys.prepared import cases_at
from tests.journeys.visitor import Visitor

HOSTILE = (
    "<script>alert('借款')</script><img/src=x/onerror=alert(1)> "
    "😀👩‍👩‍👧 مرحبا \u202e反着写\u202c {{ 7*7 }} '; DROP--"
)


def answer_all_but_filing(
    citizen: Visitor, phone: str, *, story: str = samples.STORY, name: str = "杨小满"
) -> None:
    """All eight questions by typing; ends on the page that shows every answer."""
    intake.first_three(citizen)
    citizen.fill(story=story)
    intake.go_on(citizen)
    if citizen.page.url.endswith("/understood/"):
        intake.go_on(citizen)
    intake.when(citizen)
    intake.go_on(citizen)
    intake.wish(citizen)
    intake.contact(citizen, phone, name)


def test_a_session_that_ends_in_the_middle_loses_nothing(come) -> None:
    citizen, phone = come("citizen"), samples.new_phone()
    intake.first_three(citizen)
    citizen.press("button[name=later]")
    citizen.picture("keep")
    citizen.fill(phone=phone)
    citizen.press("form[method=post]:has([name=phone]) button.pri")
    citizen.sees("存好了")
    citizen.picture("kept")
    citizen.open("/apply/story/")
    citizen.fill(story=samples.STORY)

    citizen.context.clear_cookies()
    intake.go_on(citizen)

    citizen.picture("after-the-session-ended")
    if citizen.page.locator("[name=story]").count():
        assert citizen.page.locator("[name=story]").input_value() == samples.STORY
        intake.go_on(citizen)
    citizen.open("/apply/story/")
    assert citizen.page.locator("[name=story]").input_value() == samples.STORY, (
        "what was just written is kept"
    )
    citizen.open("/apply/resume/")
    citizen.fill(phone=phone)
    citizen.press("form[method=post]:has([name=phone]) button.pri")
    citizen.fill(code=citizen.code_sent_to(phone))
    citizen.press("form[method=post]:has([name=code]) button.pri")
    citizen.picture("got-back")
    citizen.press("form[action*='/go-on/'] button")
    citizen.open("/apply/story/")
    assert citizen.page.locator("[name=story]").input_value() == samples.STORY, (
        "carried over to the earlier one"
    )
    citizen.open("/apply/who/")
    assert citizen.page.locator("[name=respondent]").input_value() == samples.LENDER
    citizen.open("/apply/money/")
    assert citizen.page.locator("[name=amount]").input_value() in {"1,200", "1,200.00"}


def test_a_double_press_files_one_case(come, site) -> None:
    citizen, phone = come("citizen"), samples.new_phone()
    answer_all_but_filing(citizen, phone)

    citizen.page.locator(".dock button.pri").dblclick()
    citizen.page.locator("main .verdict.yes b.num").wait_for()

    citizen.sign_in_by_phone(phone)
    assert (
        citizen.page.locator("main a[href*='/case/']").evaluate_all(
            "links => new Set(links.map(link => link.pathname)).size"
        )
        == 1
    )


def test_a_second_officer_reads_that_the_first_was_quicker(come, site) -> None:
    docket, _phone, _lender = cases_at(site, {"one": ("acceptance_today", ["file"])})["one"]
    site.run(
        "from cases.models import Centre, User;"
        "User.objects.filter(username='officer2').exists() or User.objects.create_user("
        "username='officer2', password='mediation-demo', name='吴受理', role='officer', centre=Centre.objects.first())"
    )
    first, second = come("officer"), come("officer")
    first.sign_in("officer")
    second.sign_in("officer2")
    for officer in (first, second):
        officer.open(f"/desk/cases/{docket}/")

    first.send("/do/accept/")
    second.send("/do/accept/")

    second.picture("too-late")
    second.sees("现在")
    second.sees("没有办成")
    second.open(f"/desk/cases/{docket}/")
    assert not second.page.locator("form[action$='/do/accept/']").count()


def test_hostile_words_are_shown_and_do_nothing(come) -> None:
    citizen, officer, phone = come("citizen"), come("officer"), samples.new_phone()
    for person in (citizen, officer):
        person.page.on(
            "dialog", lambda dialog, who=person: who.troubles.append(f"{who.name}: {dialog.message}")
        )
    answer_all_but_filing(citizen, phone, story=f"{samples.STORY}{HOSTILE}", name="<b>杨</b>😀")
    citizen.sees("<script>alert('借款')</script>")
    docket = intake.file(citizen)
    officer.sign_in("officer")
    officer.open(f"/desk/cases/{docket}/")

    officer.picture("hostile-words")
    officer.sees(
        "<script>alert('借款')</script>", "onerror=alert(1)", "😀👩‍👩‍👧", "مرحبا", "{{ 7*7 }}", "<b>杨</b>😀"
    )
    assert not officer.page.locator("main script, main img[src='x']").count()
    acts.staff(officer, docket, "accept", note=HOSTILE)
    officer.open(f"/desk/?q={HOSTILE[:30]}")
    citizen.sign_in_by_phone(phone)
    citizen.open(f"/case/{docket}/")
    citizen.picture("hostile-words")
    assert "alert(" in citizen.page.locator("main").inner_html()
    assert not citizen.page.locator("main script, main img[src='x']").count()


def test_wrong_sums_and_days_are_explained_and_kept(come) -> None:
    citizen = come("citizen")
    intake.first_three(citizen)
    citizen.open("/apply/money/")
    citizen.fill(amount="很多很多钱")
    intake.go_on(citizen)
    assert citizen.page.locator("[data-error-summary]").is_visible()
    assert citizen.page.locator("[name=amount]").input_value() == "很多很多钱"
    citizen.picture("wrong-sum")
