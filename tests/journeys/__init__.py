"""Whole ways through the running site, as people walk them: a real browser, real workers, real speech engine."""
