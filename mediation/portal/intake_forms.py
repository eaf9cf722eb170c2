"""The eight questions of an application 申请, one form a page. A form turns words into answers and back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cases.admissibility import SHORTEST_STORY
from cases.models import Exhibit, Licence
from cases.services.intake import institution_named
from evidence.origin.provenance import LONGEST_WORDS
from mediation.dates.days import DayField
from mediation.files.captured import ORIGINS
from mediation.portal.intake_fields import AmountField, IdNumberField, PhoneField, plain_yuan
from mediation.portal.intake_options import REMEDIES, TROUBLES
from mediation.portal.question_form import Answers, QuestionForm, words_field

LONGEST_STORY = 100_000
RULES_VERSION = "2026-11"  # of the privacy notice (templates/portal/intake/privacy.html)


class WhoForm(QuestionForm):
    """1 对方是谁."""

    slug, lead = "who", "respondent"
    title = _("Who is the other side?")
    hint = _("The bank, company or app that lent the money")
    respondent = words_field(
        100,
        required=True,
        label=_("Name of the other side"),
        widget=forms.TextInput(attrs={"list": "institutions", "autocomplete": "off"}),
        error_messages={"required": _("Please write who it is. The name of the app will do, too.")},
    )
    licence = forms.ChoiceField(
        required=False,
        label=_("What kind of lender is it?"),
        choices=[("", _("I do not know")), *(c for c in Licence.choices if c[0] != Licence.UNKNOWN)],
    )

    def answers(self) -> dict[str, Any]:
        """The name as written, and the institution on our list that bears exactly this name."""
        name = self.cleaned_data["respondent"]
        known = institution_named(name)
        return {
            "respondent": name,
            "institution": known.pk if known and name in {known.name, known.short_name} else None,
            "licence": self.cleaned_data["licence"] or Licence.UNKNOWN,
        }


class TroubleForm(QuestionForm):
    """2 什么麻烦."""

    slug, lead = "trouble", "kind"
    title = _("What trouble do you have?")
    hint = _("Choose the closest one. You can change it later.")
    kind = forms.ChoiceField(
        label=_("The trouble"),
        choices=TROUBLES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one. If none fits, choose the last one.")},
    )


class MoneyForm(QuestionForm):
    """3 多少钱. In fen; “I do not know” is an answer."""

    slug = "money"
    title = _("How much money is it about?")
    hint = _("Roughly is fine. You may write 35000, 3.5万 or 三万五.")
    amount = AmountField(
        required=True,
        label=_("How much do you disagree about (yuan)"),
        error_messages={"required": _("Please write an amount, or tick “I do not know how much”.")},
    )
    amount_unknown = forms.BooleanField(required=False, label=_("I do not know how much"))
    principal = AmountField(label=_("How much did the contract lend you (yuan)"))
    received = AmountField(label=_("How much did you really get (yuan)"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].required = not (self.is_bound and "amount_unknown" in self.data)

    def clean(self) -> dict[str, Any]:
        """Nobody gets more than was lent."""
        cleaned = super().clean() or {}
        lent, got = cleaned.get("principal"), cleaned.get("received")
        if lent and got and got > lent:
            self.add_error("received", _("This is more than the contract lent you. Please check both."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """Fen; an amount weighs more than the tick."""
        amount = self.cleaned_data["amount"]
        return {
            "amount_fen": amount,
            "amount_unknown": amount is None,
            "principal_fen": self.cleaned_data["principal"],
            "received_fen": self.cleaned_data["received"],
        }

    @classmethod
    def start_from(cls, answers: Answers) -> dict[str, Any]:
        """Figures as people write them."""
        names = {"amount": "amount_fen", "principal": "principal_fen", "received": "received_fen"}
        figures = {name: plain_yuan(answers[key]) for name, key in names.items() if answers.get(key)}
        return {**figures, "amount_unknown": answers.get("amount_unknown", False)}


class StoryForm(QuestionForm):
    """4 经过: typed, spoken, or both. `recordings` are the numbers of the spoken exhibits."""

    slug, template = "story", "portal/intake/story.html"
    title = _("What happened?")
    hint = _("Say it as it comes to you. Your home dialect is fine.")
    story = forms.CharField(
        required=False,
        label=_("Or type it here"),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, *args: Any, recordings: list[int] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recordings = recordings or []

    def clean_story(self) -> str:
        """Up to 100,000 characters; a recording may stand for the text."""
        story = str(self.cleaned_data["story"]).replace("\r\n", "\n").strip()
        if len(story) > LONGEST_STORY:
            raise ValidationError(
                _(
                    "This is %(count)d characters; at most %(most)d go in here. It is all kept. "
                    "Please shorten it, or hand the long text in as a file at question 6."
                ),
                params={"count": len(story), "most": LONGEST_STORY},
            )
        if len(story) < SHORTEST_STORY and not self.recordings:
            raise ValidationError(
                _("Please tell us what happened: write at least %(least)d characters, or record your voice."),
                params={"least": SHORTEST_STORY},
            )
        return story

    def answers(self) -> dict[str, Any]:
        """The text, and the first recording if any."""
        return {
            "story": self.cleaned_data["story"],
            "story_recording": self.recordings[0] if self.recordings else None,
        }


class WhenForm(QuestionForm):
    """5 时间地点. All of it may stay empty."""

    slug, template = "when", "portal/intake/when.html"
    title = _("When and where was it?")
    hint = _("Leave empty what you do not know.")
    contract_on = DayField(
        label=_("When did you borrow?"), help_text=_("Such as 2024-05-17, or only 2024-05, or 去年五月.")
    )
    product = words_field(
        60,
        label=_("What is the loan called?"),
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )
    contract_no = words_field(60, label=_("Number of the contract"))
    place = words_field(100, label=_("Where did you sign, or where do you live?"))
    # What time may do to the debt (民法典 Arts 188, 189, 195), and what the application says of a complaint.
    last_due = DayField(label=_("When is, or was, the last payment due?"), may_be_ahead=True)
    last_paid = DayField(label=_("When did you last pay something?"))
    last_asked = DayField(label=_("When did they last ask you to pay?"))
    complained_on = DayField(label=_("Did you complain to them? When?"))
    complaint_answer = words_field(300, label=_("What did they answer?"))
    OLDER = ("last_due", "last_paid", "last_asked", "complained_on", "complaint_answer")

    @property
    def has_older(self) -> bool:
        """Whether something was written, or is wrong, in the part that is folded away."""
        return any(self[name].value() or self[name].errors for name in self.OLDER)

    def answers(self) -> dict[str, Any]:
        """A whole day goes into `contract_on`; a month or a year alone only into `contract_when`."""
        told = self.cleaned_data["contract_on"]
        rest = {name: self.cleaned_data[name] for name in ("product", "contract_no", "place", *self.OLDER)}
        return {"contract_on": told if len(told) == 10 else "", "contract_when": told, **rest}

    @classmethod
    def start_from(cls, answers: Answers) -> dict[str, Any]:
        """The day as far as it was known."""
        return {**answers, "contract_on": answers.get("contract_when") or answers.get("contract_on") or ""}


class EvidenceForm(QuestionForm):
    """6 证据: what each file is. The files themselves are taken in at once, see intake_files."""

    slug, template = "evidence", "portal/intake/evidence.html"
    title = _("Show us your evidence")
    hint = _("Contract, payment messages, chat screenshots. All help.")
    KINDS = [
        Exhibit.Kind.CONTRACT,
        Exhibit.Kind.SCHEDULE,
        Exhibit.Kind.STATEMENT,
        Exhibit.Kind.CHAT,
        Exhibit.Kind.RECORDING,
        Exhibit.Kind.IDENTITY,
        Exhibit.Kind.OTHER,
    ]

    def __init__(self, *args: Any, exhibits: list[Exhibit] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.exhibits = exhibits or []
        for exhibit in self.exhibits:
            self.fields[f"kind_{exhibit.number}"] = forms.ChoiceField(
                required=False,
                label=_("What is this?"),
                choices=[(kind.value, kind.label) for kind in self.KINDS],
                initial=exhibit.kind,
            )
            self.fields[f"origin_{exhibit.number}"] = forms.ChoiceField(
                required=False,
                label=_("How did it come about?"),
                choices=ORIGINS,
                initial=exhibit.origin,
            )
            self.fields[f"words_{exhibit.number}"] = words_field(
                LONGEST_WORDS, label=_("More about it, in one line"), initial=exhibit.origin_words
            )

    def start_from_raw(self, raw: Mapping[str, list[str]]) -> None:
        """Begin with what was written last; a file that came after that begins with what is known of it."""
        super().start_from_raw(raw)
        self.initial = {name: value for name, value in self.initial.items() if name in raw}

    def told(self) -> dict[int, tuple[str, str, str]]:
        """What each exhibit is, how it came about, and words to it, by its number; unsaid things stay as they were."""
        data = self.cleaned_data
        told = {}
        for one in self.exhibits:
            origin, words = f"origin_{one.number}", f"words_{one.number}"
            told[one.number] = (
                data.get(f"kind_{one.number}") or one.kind,
                data.get(origin, "") if origin in self.data else one.origin,
                data.get(words, "") if words in self.data else one.origin_words,
            )
        return told

    def answers(self) -> dict[str, Any]:
        """Nothing: the exhibits are the answer."""
        return {}

    def says_nothing_new(self, answers: Answers) -> bool:
        """Whether each exhibit is what was said of it before."""
        told = self.told()
        return all(told[one.number] == (one.kind, one.origin, one.origin_words) for one in self.exhibits)

    @classmethod
    def start_from(cls, answers: Answers) -> dict[str, Any]:
        """The exhibits say their kinds themselves."""
        return {}


class WishForm(QuestionForm):
    """7 想怎样."""

    slug = "wish"
    title = _("What do you want?")
    hint = _("You may choose several.")
    remedies = forms.MultipleChoiceField(
        label=_("What you want"),
        choices=REMEDIES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one.")},
    )
    wanted = words_field(2000, label=_("In your own words"), widget=forms.Textarea(attrs={"rows": 3}))


class ContactForm(QuestionForm):
    """8 怎么联系. Only here a name is asked for."""

    slug, template = "contact", "portal/intake/contact.html"
    title = _("How do we reach you?")
    hint = _("We call or write only about this dispute.")
    name = words_field(
        50,
        required=True,
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please write your name.")},
    )
    phone = PhoneField(
        label=_("Your mobile number"), error_messages={"required": _("Please type your mobile number.")}
    )
    id_number = IdNumberField(
        required=False,
        label=_("Identity card number"),
        help_text=_("An agreement must name it. You can also give it later."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    address = words_field(
        200,
        label=_("Address where papers reach you"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    e_delivery = forms.BooleanField(
        required=False, label=_("Send me papers by phone as well. I can still ask for paper.")
    )
    helper_name = words_field(
        50, label=_("Who helped you fill this in?"), help_text=_("Leave empty if nobody did.")
    )
    helper_relation = words_field(30, label=_("How is this person related to you?"))
    agent = forms.ChoiceField(
        required=False,
        label=_("Does somebody act for you in this dispute?"),
        help_text=_("You need nobody, and mediation costs nothing. You need not answer."),
        choices=[
            ("", _("Not answered")),
            ("none", _("No, nobody")),
            ("unpaid", _("Yes, without pay")),
            ("paid", _("Yes, and is paid for it")),
        ],
    )
    agent_name = words_field(50, label=_("Who is it?"))
    agent_relation = words_field(50, label=_("How do you know this person?"))
    agreed = forms.BooleanField(
        label=_("I have read the privacy notice and agree."),
        error_messages={
            "required": _("Please read the privacy notice and tick it. Without it we cannot go on.")
        },
    )

    def clean(self) -> dict[str, Any]:
        """A helper has a relation to the applicant."""
        cleaned = super().clean() or {}
        if cleaned.get("helper_name") and not cleaned.get("helper_relation"):
            self.add_error(
                "helper_relation", _("Please write how the helper is related to you, such as “workmate”.")
            )
        if cleaned.get("agent") in {"unpaid", "paid"}:
            for name in ("agent_name", "agent_relation"):
                if not cleaned.get(name):
                    self.add_error(name, _("Please write who acts for you, and how you know this person."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """The helper's name and relation in one line, as the party's record keeps it."""
        cleaned = dict(self.cleaned_data)
        helper = "，".join(filter(None, (cleaned["helper_name"], cleaned["helper_relation"])))
        return {**cleaned, "helper": helper, "notice_version": RULES_VERSION}


QUESTIONS: list[type[QuestionForm]] = [
    WhoForm,
    TroubleForm,
    MoneyForm,
    StoryForm,
    WhenForm,
    EvidenceForm,
    WishForm,
    ContactForm,
]
BY_SLUG = {form.slug: form for form in QUESTIONS}
