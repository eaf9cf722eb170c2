"""The entrance of the house: the first page, signing in and out, checking a message, and the pages for mishaps."""

from typing import cast

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from cases.models import Case, User
from cases.roles import Role
from cases.services.people import citizen_with, make_code, use_code
from mediation.adapters import adapter
from mediation.demo.people import demo_accounts
from mediation.entrance.forms import CodeForm, MessageCodeForm, PhoneForm, StaffForm
from mediation.entrance.gate import count, count_or_refuse, is_too_often
from mediation.files.showing import exhibit_file
from mediation.http import page, refusals_shown_on
from mediation.notices.services import check_code, mark_opened, send_code

__all__ = [
    "broken",
    "check_message",
    "csrf_token",
    "demo_messages",
    "exhibit_file",
    "home",
    "locked_out",
    "not_found",
    "open_case",
    "set_text_size",
    "sign_in",
    "sign_in_by_phone",
    "sign_out",
    "unreadable",
]
DOORS = {
    Role.CITIZEN: "portal:my_cases",
    Role.INSTITUTION: "counter:inbox",
    Role.OFFICER: "desk:queue",
    Role.MEDIATOR: "desk:queue",
    Role.COURT: "bench:inbox",
}
CASE_PAGES = {
    Role.CITIZEN: "portal:case",
    Role.INSTITUTION: "counter:case",
    Role.OFFICER: "desk:case",
    Role.MEDIATOR: "desk:case",
    Role.COURT: "bench:case",
}
BY_PHONE = "django.contrib.auth.backends.ModelBackend"
YEAR_S = 365 * 24 * 3600
SHOWN_MESSAGES = 50
TOO_MANY = 429


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this is and where to begin; people who signed in go on to their own door."""
    if request.user.is_authenticated:
        return redirect(door_of(request.user))
    return page(request, "front/home.html")


def door_of(person: User) -> str:
    """The address of the first page of this person's door."""
    return reverse(DOORS[Role(person.role)])


@login_required
@require_GET
def open_case(request: HttpRequest, pk: str) -> HttpResponse:
    """The link in every message: on to the case, through the reader's own door. 404 when it is not theirs."""
    person = cast("User", request.user)
    case = get_object_or_404(Case.objects.visible_to(person), pk=pk)
    if code := request.GET.get("m", ""):
        mark_opened(person=person, code=code)
    for name in (case.docket, case.pk):
        try:
            return redirect(reverse(CASE_PAGES[Role(person.role)], args=[name]))
        except NoReverseMatch:
            continue
    return redirect(door_of(person))


@sensitive_post_parameters("password")
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password, for staff, institutions and courts."""
    form = StaffForm(request.POST or None)
    if request.method == "POST" and is_too_often(request, "wrong passwords"):
        return locked_out(request)
    if request.method == "POST" and form.is_valid():
        person = authenticate(request, **form.cleaned_data)
        if person is not None:
            login(request, person)
            return _go_on(request)
        count(request, "wrong passwords")
        form.add_error(None, _("User name or password is not right. Please check both and try again."))
    return page(
        request,
        "front/sign_in.html",
        form=form,
        onward=_onward(request),
        accounts=demo_accounts() if settings.USE_DEMO else [],
    )


@sensitive_post_parameters("code")
@never_cache
def sign_in_by_phone(request: HttpRequest) -> HttpResponse:
    """Two steps for citizens: the phone number, then the code sent to it. Works without JavaScript."""
    if request.method != "POST":
        return _phone_page(request, PhoneForm())
    if "code" in request.POST and "again" not in request.POST:
        return _enter_with_code(request)
    form = PhoneForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        with refusals_shown_on(form):
            count_or_refuse(request, "codes")
            send_code(phone=phone, code=make_code(phone=phone))
            return _code_page(request, CodeForm(initial={"phone": phone}))
    return _phone_page(request, form)


def _enter_with_code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        with refusals_shown_on(form):
            count_or_refuse(request, "code tries")
            use_code(phone=phone, code=form.cleaned_data["code"])
            login(request, citizen_with(phone=phone), backend=BY_PHONE)
            return _go_on(request)
    if "phone" in form.errors:
        return _phone_page(request, PhoneForm(request.POST))
    return _code_page(request, form)


def _phone_page(request: HttpRequest, form: PhoneForm) -> HttpResponse:
    return page(request, "front/phone.html", form=form, onward=_onward(request))


def _code_page(request: HttpRequest, form: CodeForm) -> HttpResponse:
    phone = str(form["phone"].value() or "")
    return page(request, "front/code.html", form=form, phone_end=phone[-4:], onward=_onward(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, and back to the first page."""
    logout(request)
    return redirect("home")


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is a page of ours; else empty."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else ""


def _go_on(request: HttpRequest) -> HttpResponseRedirect:
    return redirect(_onward(request) or door_of(cast("User", request.user)))


@require_GET
def set_text_size(request: HttpRequest) -> HttpResponse:
    """大字: remember the text size in a cookie and go back."""
    response = redirect(_onward(request) or "home")
    size = "big" if request.GET.get("text") == "big" else "normal"
    response.set_cookie("text", size, max_age=YEAR_S, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


@never_cache
@require_GET
def csrf_token(request: HttpRequest) -> JsonResponse:
    """A fresh safety token, for a form that lay open for long."""
    return JsonResponse({"token": get_token(request)})


@never_cache
@require_GET
def check_message(request: HttpRequest) -> HttpResponse:
    """Is this message from us? Says its day, its subject and its centre, and nothing about anybody."""
    form = MessageCodeForm(request.GET if "code" in request.GET else None)
    asked = form.is_valid()
    notice = check_code(form.cleaned_data["code"]) if asked else None
    return page(request, "front/check_message.html", form=form, asked=asked, notice=notice)


@never_cache
@require_GET
def demo_messages(request: HttpRequest) -> HttpResponse:
    """The last text messages, for people who try the site out. Only there in the demo."""
    if not settings.USE_DEMO:
        raise Http404
    sent: list[dict[str, str]] = []
    for name in ("notifier.sms", "notifier.email"):
        sender = adapter(name)
        sent += sender.latest(SHOWN_MESSAGES) if hasattr(sender, "latest") else []
    newest = sorted(sent, key=lambda one: one["at"], reverse=True)[:SHOWN_MESSAGES]
    return page(request, "front/demo_messages.html", sent=newest)


def locked_out(
    request: HttpRequest, credentials: object = None, *args: object, **kwargs: object
) -> HttpResponse:
    """Too many wrong passwords: says when to try again."""
    form = StaffForm()
    return page(request, "front/locked_out.html", form=form, status=TOO_MANY)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing here, or not for this person: one page for both."""
    return render(request, "errors/404.html", status=404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent is too long, or no request at all. Needs nothing of the request."""
    return HttpResponse(_plain_page("errors/400.html"), status=400)


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours broke. Needs no database and no session; without its look it is still readable."""
    return HttpResponse(_plain_page("errors/500.html"), status=500)


def _plain_page(template: str) -> str:
    try:
        look = static("mediation/app.css")
    except ValueError:  # the list of static files is missing
        look = ""
    return render_to_string(template, {"help_phone": settings.HELP_PHONE, "look": look})
