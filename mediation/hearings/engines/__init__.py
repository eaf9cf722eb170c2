"""Engines behind the port SpeechEngine: a real one, a scripted twin for the demo, a failing one for tests."""
