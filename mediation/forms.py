"""How forms look in this house: one renderer, and option texts with a hint and an icon."""

from dataclasses import dataclass

from django.forms.renderers import TemplatesSetting
from django.utils.functional import Promise


class HouseRenderer(TemplatesSetting):
    """Renders `{{ form }}` with components/form.html and each field with components/field.html.

    Put `novalidate` on the form element: the errors come from us, in plain words, all at once.
    """

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


@dataclass(frozen=True, slots=True)
class OptionText:
    """The text of an option card: pass it as the label of a choice of a radio or checkbox field.

    `hint` is the small second line, `icon` the name of a symbol of static/mediation/icons.svg.
    """

    label: str | Promise
    hint: str | Promise = ""
    icon: str = ""

    def __str__(self) -> str:
        return str(self.label)
