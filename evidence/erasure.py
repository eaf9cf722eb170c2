"""Erasure: what a person may ask for, and what the chain remembers of it.

The records, the file names, the files and their hashes are gone: a hash of a file would tell whoever guesses the
file that it was here. The envelopes stay, so the chain still verifies and says what was erased, when, and why
(个人信息保护法 第四十七条).
"""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from evidence import keys, ledger
from evidence.models import ERASURE, Deposit, Entry


@transaction.atomic
def erase_chain(chain: str, *, reason: str, by: str) -> Entry:
    """Destroy every record and file of the chain so far, and append an `erasure` entry that says so.

    `reason` and `by` (the office or the role that decided) stay readable: they must name no person.
    Envelopes stay, with their salted commitments, and so does the log. The stored files go once the transaction is
    committed. Returns the erasure entry.
    """
    head = ledger.lock_head(chain)
    deposits = list(Deposit.objects.of(chain).filter(name__isnull=False))
    record = {"up_to": head.seq, "deposits": [d.seq for d in deposits], "reason": reason, "by": by}
    entry = ledger.append(chain=chain, event=ERASURE, record=record)
    # Plain querysets: the one door past the guards, and the triggers allow no more than this.
    bodies: QuerySet[Entry] = QuerySet(Entry).filter(chain=chain, seq__lte=head.seq, body__isnull=False)
    bodies.exclude(event=ERASURE).update(body=None)
    QuerySet(Deposit).filter(chain=chain).update(name=None, captured=None, sha256="", sm3="")
    keys.destroy_chain_key(chain)  # the head counted it with the entry above
    for path in {deposit.stored for deposit in deposits}:
        transaction.on_commit(lambda path=path: default_storage.delete(path))  # type: ignore[misc]
    return entry
