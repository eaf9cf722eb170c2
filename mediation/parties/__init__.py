"""What both sides of a dispute can do, whichever door they come through: read the case, act, follow its papers."""
