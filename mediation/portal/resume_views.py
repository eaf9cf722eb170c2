"""存到手机号: keep an application under a phone number, take it up on another phone, let someone help."""

import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.errors import Refusal
from cases.models import Case
from cases.services.intake import drafts_of, save_answers
from cases.services.people import make_code, use_code
from mediation.entrance import gate
from mediation.http import page, refusals_shown_on
from mediation.notices.services import send_code
from mediation.portal import drafts, helping
from mediation.portal.intake_fields import PhoneField
from mediation.portal.intake_views import next_of
from mediation.portal.question_form import words_field
from mediation.portal.survival import is_stale, survives

VERIFIED = "verified_phone"
VERIFIED_S = 30 * 60


class KeepForm(forms.Form):
    """The phone number under which the application is kept, or found again."""

    use_required_attribute = False
    phone = PhoneField(
        label=gettext_lazy("Your mobile number"),
        error_messages={"required": gettext_lazy("Please type your mobile number.")},
    )


class ResumeCodeForm(KeepForm):
    """The number again, and the code that was sent to it."""

    code = forms.CharField(
        label=gettext_lazy("The code from the text message"),
        help_text=gettext_lazy("Six digits. It holds for 10 minutes."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": gettext_lazy("Please type the six digits from the text message.")},
    )
    field_order = ["code", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget = forms.HiddenInput()


class HelperForm(forms.Form):
    """Who helps, and how they are related to the applicant."""

    use_required_attribute = False
    helper_name = words_field(
        50,
        required=True,
        label=gettext_lazy("Name of the helper"),
        error_messages={"required": gettext_lazy("Please write the helper's name.")},
    )
    helper_relation = words_field(
        30,
        required=True,
        label=gettext_lazy("How is this person related to the applicant?"),
        error_messages={
            "required": gettext_lazy("Please write how the helper is related to you, such as “workmate”.")
        },
    )


class InvitedForm(HelperForm):
    """A helper on another phone: the code that the applicant reads out, then who they are."""

    code = forms.CharField(
        label=gettext_lazy("The code that the applicant told you"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please type the code.")},
    )
    field_order = ["code", "helper_name", "helper_relation"]


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the application under a phone number, for 90 days."""
    case = drafts.current(request)
    if case is None:
        messages.info(request, _("There is nothing to keep yet. Please answer a question first."))
        return redirect("portal:start")
    form = KeepForm(request.POST or None, initial={"phone": case.answers.get("phone", "")})
    if request.method == "POST" and not is_stale(request) and form.is_valid():
        phone = form.cleaned_data["phone"]
        save_answers(case_id=case.pk, phone=phone)
        return page(
            request,
            "portal/intake/kept.html",
            phone=f"{phone[:3]} {phone[3:7]} {phone[7:]}",
            until=timezone.localdate() + drafts.KEPT,
            next_url=next_of(case),
        )
    return page(request, "portal/intake/keep.html", form=form, next_url=next_of(case))


@sensitive_post_parameters("code")
@survives
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """On another phone: the number, the code, then the list."""
    if request.method != "POST" or is_stale(request):
        return page(request, "portal/intake/resume.html", form=KeepForm(request.POST or None))
    if "code" in request.POST and "again" not in request.POST:
        return _with_code(request)
    form = KeepForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        with refusals_shown_on(form):
            drafts.count_or_refuse(request, "codes", most=drafts.CODES_AN_HOUR, seconds=3600)
            gate.count_or_refuse(request, "codes")
            send_code(phone=phone, code=make_code(phone=phone))
            return _code_page(request, ResumeCodeForm(initial={"phone": phone}))
    return page(request, "portal/intake/resume.html", form=form)


def _code_page(request: HttpRequest, form: ResumeCodeForm) -> HttpResponse:
    phone = str(form["phone"].value() or "")
    return page(request, "portal/intake/resume_code.html", form=form, phone_end=phone[-4:])


def _with_code(request: HttpRequest) -> HttpResponse:
    form = ResumeCodeForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        with refusals_shown_on(form):
            gate.count_or_refuse(request, "code tries")
            use_code(phone=phone, code=form.cleaned_data["code"])
            request.session.cycle_key()
            request.session[VERIFIED] = {"phone": phone, "at": time.time()}
            return redirect("portal:choose")
    return _code_page(request, form)


def _found(request: HttpRequest) -> list[Case]:
    """The drafts of the number that was verified just now."""
    verified = request.session.get(VERIFIED) or {}
    if not verified or time.time() - verified["at"] > VERIFIED_S:
        return []
    since = timezone.now() - drafts.KEPT
    return [case for case in drafts_of(verified["phone"]) if case.saved_at >= since]


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The applications under this number that are not filed yet."""
    if VERIFIED not in request.session:
        return redirect("portal:resume")
    return page(request, "portal/intake/choose.html", found=_found(request))


@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """Take one of them up, from the verified number or from this phone's own list."""
    wanted = request.POST.get("case", "")
    ours = [*_found(request), *drafts.of_session(request)]
    case = next((case for case in ours if str(case.pk) == wanted), None)
    if case is None:
        messages.info(request, _("We find no application on this phone. Begin here, or get yours back."))
        return redirect("portal:start")
    before = drafts.current(request)
    if before is not None and before != case and request.session.get(drafts.RESCUED) == str(before.pk):
        drafts.carry_over(source=before, target_id=case.pk)
        case.refresh_from_db()
    request.session.pop(drafts.RESCUED, None)
    drafts.take_up(request, case)
    return redirect(next_of(case))


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def helper(request: HttpRequest) -> HttpResponse:
    """请人帮我填: someone beside the applicant, or someone far away with a link and a code."""
    case = drafts.current(request)
    form = HelperForm(None)
    invitation = None
    if request.method == "POST" and not is_stale(request):
        if "alone" in request.POST:
            request.session.pop(drafts.HELPER, None)
            return redirect("portal:start")
        if "invite" in request.POST:
            try:
                case = drafts.current_or_new(request)
                invitation = helping.invite(case_id=case.pk)
            except Refusal as refusal:
                messages.warning(request, str(refusal))
        else:
            form = HelperForm(request.POST)
            with refusals_shown_on(form):
                if form.is_valid():
                    case = drafts.current_or_new(request)
                    request.session[drafts.HELPER] = helping.note_helper(case_id=case.pk, **form.cleaned_data)
                    return redirect(next_of(case))
    link = request.build_absolute_uri(invitation.path) if invitation else ""
    return page(
        request,
        "portal/intake/helper.html",
        form=form,
        draft=case,
        link=link,
        code=invitation.code if invitation else "",
        helping=request.session.get(drafts.HELPER, ""),
        next_url=next_of(case) if case else "",
    )


@survives
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """The helper's end of the link. What they do is written down under their name."""
    form = InvitedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not is_stale(request) and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            drafts.count_or_refuse(request, "invitations", most=20, seconds=3600)
            case = helping.accept(token=token, code=given.pop("code"))
        except Refusal as refusal:
            for message in refusal:
                form.add_error(None, message)
        else:
            request.session.cycle_key()
            drafts.take_up(request, case)
            request.session[drafts.HELPER] = helping.note_helper(case_id=case.pk, **given)
            return redirect(next_of(case))
    return page(request, "portal/intake/invited.html", form=form)


@never_cache
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice (个人信息保护法 Art 17), in plain words."""
    return page(request, "portal/intake/privacy.html", days=drafts.KEPT.days, phone=settings.HELP_PHONE)
