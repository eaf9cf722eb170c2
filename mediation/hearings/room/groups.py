"""The channel groups of a hearing: who is told what. Words of a caucus 背对背 stay in the caucus' own group."""

from cases.roles import Side


def main_room(hearing_id: int) -> str:
    """Everybody who sits in the hearing's main room."""
    return f"hearing.{hearing_id}"


def caucus_room(hearing_id: int, side: str) -> str:
    """The mediator and one side, alone. Raises ValueError for what is no side."""
    return f"hearing.{hearing_id}.caucus.{Side(side).value}"


def room(hearing_id: int, place: str) -> str:
    """The group of a place: "" is the main room, a side is the caucus with it. Raises ValueError for others."""
    return caucus_room(hearing_id, place) if place else main_room(hearing_id)


def open_pages(hearing_id: int) -> str:
    """Every open room page, wherever its person is: told {"type": "room.changed"}, never what is said."""
    return f"hearing.{hearing_id}.pages"


def microphones(hearing_id: int) -> str:
    """Every open sound socket: told {"type": "sound.check"} when seats, consent or private talks have changed."""
    return f"hearing.{hearing_id}.sound"


def person(hearing_id: int, person_id: int) -> str:
    """The room page of one person."""
    return f"hearing.{hearing_id}.person.{person_id}"
