"""LocalAgreement-2: of a text that is guessed again and again, the part that two guesses in a row agree on."""

from dataclasses import dataclass


@dataclass(slots=True)
class Agreement:
    """`stable` only grows: what was agreed on once is not taken back before the final."""

    stable: str = ""
    _before: str = ""

    def add(self, guess: str) -> str:
        """Take the next guess; return the whole text to show, which begins with `stable`."""
        agreed = _common(self._before, guess)
        self._before = guess
        if len(agreed) > len(self.stable) and agreed.startswith(self.stable):
            self.stable = agreed
        rest = guess[len(self.stable) :] if len(guess) > len(self.stable) else ""
        return self.stable + rest


def _common(one: str, other: str) -> str:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return one[:length]
