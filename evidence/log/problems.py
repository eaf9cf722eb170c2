"""What can be wrong with those outside, as it is kept (English, short) and as people read it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_BETWEEN = " — "
CANNOT_READ = "the witness cannot read what we send"
UNTRUSTED = "the witness trusts no key that signed this"
UNKNOWN_LOG = "the witness does not know this log"
OTHER_HISTORY = "the witness saw another history of this log"
REFUSES = "the witness refuses"
SILENT = "the witness does not answer"
SLOW = "the witness is slow"
NO_SIGNATURES = "the answer of the witness is no list of signatures"
LARGER_LOG = "the witness saw a larger log already"
AGAIN = "the witness says one size again and again"
WRONG = "the signature of the witness is wrong"
OTHER_KEY = "the witness signs with another key than the policy names"
TOO_FEW = "too few witnesses have seen the checkpoint"  # as a policy says it
_WORDS: dict[str, str | Promise] = {
    CANNOT_READ: _("the witness cannot read what we send"),
    UNTRUSTED: _("the witness trusts no key that signed this"),
    UNKNOWN_LOG: _("the witness does not know this log"),
    OTHER_HISTORY: _("the witness saw another history of this log"),
    REFUSES: _("the witness refuses"),
    SILENT: _("the witness does not answer"),
    SLOW: _("the witness is slow"),
    NO_SIGNATURES: _("the answer of the witness is no list of signatures"),
    LARGER_LOG: _("the witness saw a larger log already"),
    AGAIN: _("the witness says one size again and again"),
    WRONG: _("the signature of the witness is wrong"),
    OTHER_KEY: _("the witness signs with another key than the policy names"),
    TOO_FEW: _("too few witnesses have seen the checkpoint"),
}


def kept(problem: str, detail: object = "") -> str:
    """A problem with its detail, such as a number, as the database keeps it."""
    return f"{problem}{_BETWEEN}{detail}" if detail != "" else problem


def in_words(problem: str) -> str:
    """A kept problem in the language of whoever reads; what is not known stays as it is."""
    known, _gap, detail = problem.partition(_BETWEEN)
    words = str(_WORDS.get(known, known))
    return f"{words} ({detail})" if detail else words
