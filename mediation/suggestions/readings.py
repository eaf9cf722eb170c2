"""What was read in the stories of settled cases, kept in the cache that all processes share.

Reading one story takes a tenth of a second: the task of this room reads new cases before anybody asks. A reading is
good for its story, its day and the reader that made it; another reader (code, word lists, models, settings) reads anew.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache as once
from itertools import islice
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from cases import analysis, claims, numbers, pieces, segmentation, similarity
from cases.analysis.tuned import PORT, see
from cases.similarity import suggest_facts
from cases.similarity.suggest_facts import Pleaded
from mediation.suggestions import reading
from mediation.suggestions.reading import read_pleaded

KEPT_S = 90 * 86_400
AT_ONCE = 20  # stories read before they are put away, so that nothing is lost when a process stops
READ_BY = {".py", ".toml", ".txt", ".npz"}
Thing = TypeVar("Thing")
Told = tuple[str, date]  # a story, and the day that it is read as of
log = logging.getLogger(__name__)


def readings(stories: Mapping[str, Told]) -> dict[str, Pleaded]:
    """What the stories tell, by the keys that they come with; those that nobody has read yet are read now."""
    marks = {key: _mark(*told) for key, told in stories.items()}
    found = _recalled(set(marks.values()))
    unread = {mark: stories[key] for key, mark in marks.items() if mark not in found}
    for part in _portions(unread.items()):
        read = {mark: read_pleaded(story, today=day) for mark, (story, day) in part}
        found |= read
        _keep(read)
    return {key: found[mark] for key, mark in marks.items()}


def _mark(story: str, day: date) -> str:
    told = f"{reader()} {day} {story}".encode("utf-8", "surrogatepass")
    return f"suggestions.read.{hashlib.sha256(told).hexdigest()[:32]}"


@once
def reader() -> str:
    """A mark of everything that a reading depends on, as it was when this process first asked."""
    digest = hashlib.sha256(repr(settings.ADAPTERS.get(PORT)).encode())
    for path in files_of_reader():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def files_of_reader() -> list[Path]:
    """The analysis with its lists and models, what it is built on, the sentence model, and the form of a reading."""
    folder = Path(analysis.__file__).parent
    files = [path for path in sorted(folder.iterdir()) if path.suffix in READ_BY]
    files += sorted(Path(similarity.__file__).parent.glob("e5_*.py"))
    built_on = (claims, numbers, pieces, segmentation, suggest_facts, reading)
    return files + [Path(module.__file__ or "") for module in built_on]


def _recalled(marks: Iterable[str]) -> dict[str, Pleaded]:
    """What was read before. Without a cache nothing was."""
    found: dict[str, Pleaded] = {}
    try:
        for part in _portions(marks, 1_000):
            found |= cache.get_many(part)
    except (RedisError, OSError) as error:
        log.warning("readings of stories cannot be recalled: %s", error)
    return found


def _keep(read: Mapping[str, Pleaded]) -> None:
    """Put readings away, but none that was made without the model that belongs to it."""
    if PORT in settings.ADAPTERS and see("借款") is None:
        return
    with suppress(RedisError, OSError):
        cache.set_many(dict(read), KEPT_S)


def _portions(things: Iterable[Thing], most: int = AT_ONCE) -> Iterator[list[Thing]]:
    things = iter(things)
    while part := list(islice(things, most)):
        yield part
