"""A witness (见证人): a program for another organisation, which cosigns the checkpoints of logs that only grow.

It needs Python, the package `cryptography` and the folders `evidence/witness` and `evidence/tlog`; no Django, no
database server. `python -m evidence.witness --help`.
"""
