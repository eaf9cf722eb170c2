"""通知: every message to a person, written with the fact and delivered after it."""
