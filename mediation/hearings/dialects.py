"""Which dialects the engine in use knows, said before anybody speaks; who is not understood is offered another way."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from mediation.hearings import speech
from mediation.hearings.engines.published import Figure, figures_of, models_for
from mediation.hearings.speech import Dialect, SpeechEngine


@dataclass(frozen=True, slots=True)
class DialectWarning:
    """`words` for everybody; `help` offers another way; `engines` for the office: what to install instead."""

    words: str
    help: str
    engines: tuple[tuple[str, Figure], ...]


def warning_for(dialect: str, engine: SpeechEngine | None = None) -> DialectWarning | None:
    """What to say before somebody speaks this dialect; None where the engine is known to understand it.

    The figures are others' or ours (engines/published.py). An engine of which nothing is known gets the warning, too.
    """
    if dialect == Dialect.MANDARIN:
        return None
    engine = engine or speech.engine()
    known = figures_of(engine.capabilities.model)
    figure = known.get(Dialect(dialect)) or known.get(Dialect.OTHER)
    if figure is not None and figure.is_usable:
        return None
    name = Dialect(dialect).label
    words = (
        _("The computer understands %(dialect)s badly: of 100 characters about %(wrong)s are wrong.")
        % {"dialect": name, "wrong": round(figure.error)}
        if figure
        else _("The computer may not understand %(dialect)s.") % {"dialect": name}
    )
    return DialectWarning(
        words,
        _("Your voice is recorded all the same. You can speak Mandarin, type, or ask for an interpreter."),
        tuple(models_for(dialect)),
    )
