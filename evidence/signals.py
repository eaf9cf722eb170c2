"""News travels up by this one announcement, sent inside the transaction that appended the entry.

Receivers get `entry` (the new Entry) and `record` (the mapping that was appended). They may write rows;
they must send nothing out of the house, since the transaction may still be rolled back.
"""

from django.dispatch import Signal

entry_appended = Signal()
