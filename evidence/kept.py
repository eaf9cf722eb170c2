"""Rows that are written once: neither a model nor a queryset changes or deletes them (triggers refuse it, too)."""

from typing import Any, Never, Self

from django.db import models

from evidence.errors import Immutable


class KeptQuerySet(models.QuerySet[Any]):
    """A queryset that reads, and refuses every other thing."""

    def _refuse(self) -> Never:
        raise Immutable(f"{self.model._meta.verbose_name} rows are never changed or deleted")  # noqa: SLF001

    def update(self, **kwargs: Any) -> int:
        """Refused."""
        self._refuse()

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused."""
        self._refuse()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        """Refused: rows are made one at a time, by the service that knows how."""
        self._refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        """Refused."""
        self._refuse()

    def update_or_create(self, *args: Any, **kwargs: Any) -> tuple[Any, bool]:
        """Refused."""
        self._refuse()

    def of(self, chain: str) -> Self:
        """The rows of one chain."""
        return self.filter(chain=chain)


class Kept(models.Model):
    """A row that is written once."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write the row once. Raises Immutable for a row that is already there."""
        if not self._state.adding:
            raise Immutable(f"{self._meta.verbose_name} {self.pk} is never changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        """Refused."""
        raise Immutable(f"{self._meta.verbose_name} {self.pk} is never deleted")
