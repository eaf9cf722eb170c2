"""From what an engine heard to a line people can read: punctuation, terms of the field, doubts. One way for all sound.

Intake, uploads, hearings and captions pass here. Nothing is lost on the way: `Segment.heard_raw` stays what the engine
gave, and each changed word says what was heard.
"""

import re
from dataclasses import replace

from mediation.hearings.speech import Segment, Term
from mediation.hearings.wording.terms import Suggestion, suggestions
from mediation.hearings.wording.words import carried

_HAN = "一-鿿"
_ASK = re.compile(r"(?:[吗呢么]|多少|什么|怎么办|怎么样|为什么|是不是|有没有|能不能|好不好|同不同意)$")
_ASKED = re.compile(r"是否|什么时候|哪里|谁来")
_MARKS = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "："})
_ENDS = "。？！…"


def write_out(segment: Segment) -> Segment:
    """The segment with punctuation and with terms where what was heard is no word, or where the sound speaks for the
    term (`Segment.meant`); each is marked and keeps the heard.

    Another word that may well have been meant (预期) stays, with the term (逾期) as a question beside it.
    """
    text = punctuated(segment.text)
    found = suggestions(text, segment.meant)
    shown, marks, reached = "", list[Term](), 0
    for one in found:
        shown += text[reached : one.start]
        marks.append(_mark(one, len(shown), is_meant=(one.heard, one.term) in segment.meant))
        shown += marks[-1].shown
        reached = one.end
    shown += text[reached:]
    return replace(segment, text=shown, terms=tuple(marks), words=carried(segment.words, shown))


def _mark(one: Suggestion, at: int, *, is_meant: bool) -> Term:
    shown, other = (one.term, one.heard) if one.is_safe or is_meant else (one.heard, one.term)
    return Term(at, at + len(shown), shown, other)


def punctuated(text: str) -> str:
    """Chinese marks; a pause between characters becomes a comma; a sentence ends."""
    text = re.sub(
        rf"(?<=[{_HAN}])[,?!;:](?=[{_HAN}\s]|$)", lambda mark: mark.group().translate(_MARKS), text.strip()
    )
    text = re.sub(rf"(?<=[{_HAN}0-9％%])\s+(?=[{_HAN}])", "，", text)
    text = re.sub(r"([，。？！；：])[，\s]+", r"\1", text).strip("，、, ")
    if not text or text[-1] in _ENDS or not re.search(rf"[{_HAN}0-9]$", text):
        return text
    clause = re.split(r"[，。？！；]", text)[-1]
    return text + ("？" if _ASK.search(clause) or _ASKED.search(clause) else "。")
