"""The log as bytes: trees, tiles, signed notes, policies and proofs (docs/evidence-format.md).

Python and its cryptography package alone: nothing here knows of databases, settings or requests.
"""
