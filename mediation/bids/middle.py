"""The only thing that comes out of two figures: whether they overlap, and then a middle in round sums."""

STEPS = (10_00, 50_00, 100_00, 500_00, 1_000_00, 5_000_00)  # fen
COARSENESS = 20  # the middle is told in steps of about a twentieth of itself


def middle_of(*, least_fen: int, most_fen: int) -> int | None:
    """The middle of what one side takes at least and the other gives at most, in fen; None when they do not overlap.

    It is rounded, so that nobody reads the other's figure off it exactly, and always lies within the overlap.
    """
    if least_fen > most_fen:
        return None
    exact = (least_fen + most_fen) // 2
    step = max((step for step in STEPS if step * COARSENESS <= exact), default=STEPS[0])
    rounded = round(exact / step) * step
    return rounded if least_fen <= rounded <= most_fen else exact
