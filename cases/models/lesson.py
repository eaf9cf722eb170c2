"""更正样本: what a person corrected in our reading of their story, kept to learn from, with their consent alone."""

from django.db import models
from django.utils import timezone

from cases.models.case import Case
from evidence.sealing import SealedJSONField, SealedTextField


class Lesson(models.Model):
    """A story with persons covered, and what its teller says of each guess. Gone with the case or the consent.

    Consent to learning is a consent of its own (个人信息保护法 Arts 14, 15 and 29), taken back at any time.
    """

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="lesson")
    text = SealedTextField(
        help_text="the story; what points at a person covered by asterisks of the same length"
    )
    guesses = SealedJSONField(
        default=list, help_text='[{"key", "guessed", "start", "end", "said", "verdict"}]'
    )
    agreed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"lesson of {self.case_id}"
