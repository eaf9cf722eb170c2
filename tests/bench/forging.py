"""Packets by somebody who has our tools, but not our log."""

import io
import json
import zipfile

from evidence.canonical import canonical, link_hash
from evidence.packet.bag import Member, pack
from evidence.packet.writer import FOR_THE_READER


def shortened(data: bytes, *, entries: int) -> bytes:
    """The packet with the end of its chain cut off and every list written anew."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    lines = members["data/chain.jsonl"].splitlines(keepends=True)[:entries]
    told = json.loads(members["data/packet.json"])
    told |= {
        "count": entries,
        "head": link_hash(lines[-1].rstrip(b"\n")),
        "indices": told["indices"][:entries],
    }
    files = json.loads(members["data/files.json"])["files"]
    kept = [row for row in files if row["seq"] <= entries]
    gone = {row["path"] for row in files} - {row["path"] for row in kept}
    gone |= {name for name in members if name.startswith("data/bodies/") and int(name[12:18]) > entries}
    members |= {
        "data/chain.jsonl": b"".join(lines),
        "data/packet.json": canonical(told),
        "data/files.json": canonical({"files": kept}),
    }
    payload = [
        Member(name, content)
        for name, content in members.items()
        if name.startswith("data/") and name not in gone
    ]
    tags = [Member(name, members[name]) for name in (*FOR_THE_READER, "policy.txt")]
    target = io.BytesIO()
    pack(target, case=told["case"], payload=payload, tags=tags)
    return target.getvalue()
