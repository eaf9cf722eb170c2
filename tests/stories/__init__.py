"""Labelled stories: how people tell of a dispute, and what is in each (told_*.txt, stories.jsonl)."""
