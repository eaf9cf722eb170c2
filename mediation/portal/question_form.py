"""What every question of the application is made of: words in, answers out, and back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case

Answers = Mapping[str, Any]


def words_field(most: int, **kwargs: Any) -> forms.CharField:
    """A field of at most so many characters that says so, instead of cutting off what is pasted."""
    field = forms.CharField(required=kwargs.pop("required", False), **kwargs)
    field.validators.append(MaxLengthValidator(most, _("Please shorten this a little.")))
    return field


class QuestionForm(forms.Form):
    """One question. `answers()` gives what goes into the draft; `start_from(answers)` what the page begins with."""

    slug: ClassVar[str]
    title: ClassVar[str | Promise]
    hint: ClassVar[str | Promise] = ""
    template: ClassVar[str] = "portal/intake/question.html"
    lead: ClassVar[str] = ""  # the field that the heading names already
    use_required_attribute = False

    def __init__(self, *args: Any, case: Case | None = None, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)

    def answers(self) -> dict[str, Any]:
        """JSON for the draft, from a valid form."""
        return dict(self.cleaned_data)

    def says_nothing_new(self, answers: Answers) -> bool:
        """Whether a valid form says what was answered already."""
        return all(answers.get(key) == value for key, value in self.answers().items())

    @classmethod
    def start_from(cls, answers: Answers) -> dict[str, Any]:
        """Initial values from what was answered."""
        return dict(answers)

    def start_from_raw(self, raw: Mapping[str, list[str]]) -> None:
        """Begin with what was written last, valid or not."""
        data = MultiValueDict({name: list(values) for name, values in raw.items()})
        for name, field in self.fields.items():
            self.initial[name] = field.widget.value_from_datadict(data, MultiValueDict(), name)
