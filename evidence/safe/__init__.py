"""Sealed files in safe keeping: how they are sealed, where they lie, and those that nobody names."""
