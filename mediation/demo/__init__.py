"""Invented people and cases for trying the site out; never loaded where USE_DEMO is off."""
