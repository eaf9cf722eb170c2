"""核验证据包：只用 Python 标准库（3.8 及以上），不联网，不需要本平台的任何程序。

    python -I -S verify.py 证据包.zip [--json]

退出码：0 一致；1 对不上（说出第一处）；2 无法核验。
It shares no code with the program that wrote the packet.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import struct
import sys
import unicodedata
import zlib
from typing import Any, BinaryIO

PROVES = (
    "链上条目的次序、内容与各自的哈希一致，首尾相扣，中间没有缺漏。",
    "所附正文、所附文件与记入链时的哈希一致。",
    "压缩包的每一个字节都在核对范围之内。",
)
DOES_NOT_PROVE = (
    "文件在提交之前的来历：请看正文里记下的来源信息（采集方式、时间、设备、提交人）。",
    "未附正文的条目写了什么：只核对了它在链上的位置和哈希。",
    "链尾之后是否还有新的条目，整条链是否另有一份：请将本包指纹与平台登记、第三方锚定或当事人回执对照。",
    "时间戳凭证的签名：本程序只核对凭证所指的哈希；平台自签的凭证不等于第三方的时间证明。",
)
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAGS = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "verify.py", "说明.txt")
LISTS = ("data/chain.jsonl", "data/files.json", "data/head.json")
ENVELOPE = {"v", "chain", "seq", "prev", "typ", "at", "role", "c256"}
HEX64 = re.compile(r"[0-9a-f]{64}")
AT = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z")
BODY = re.compile(r"data/bodies/(\d{6,})\.json")
NAME = re.compile('[^\x00-\x1f\x7f\\\\:*?"<>|]+')
PIECE = 1024 * 1024


class DoesNotHold(Exception):
    """The first thing that does not hold: which one, and why."""

    def __init__(self, item: str, why: str) -> None:
        super().__init__(item, why)
        self.item = item
        self.why = why


class Packet:
    """The members of an archive whose every byte has been accounted for."""

    def __init__(self) -> None:
        self.hashes: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.kept: dict[str, bytes] = {}  # the content of all but the deposited files


# ---- the archive


def read_archive(file: BinaryIO) -> Packet:
    """Read the ZIP from its first byte to its last and require the one spelling that a packet may have."""
    packet = Packet()
    directory = b""
    previous = b""
    offset = 0
    signature = file.read(4)
    if signature != b"PK\x03\x04":
        raise DoesNotHold("压缩包", "开头与证据包的写法对不上，请确认选对了文件")
    while signature == b"PK\x03\x04":
        name, crc, length = _read_member(file, packet, len(packet.hashes) + 1)
        raw = name.encode("utf-8")
        if raw <= previous:
            raise DoesNotHold(name, "文件次序不对，或同名文件出现了两次")
        fixed = _fixed(raw, crc, length)
        directory += b"PK\x01\x02" + struct.pack("<H", 0x0314) + fixed
        directory += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, offset) + raw
        offset += 30 + len(raw) + length
        previous = raw
        signature = file.read(4)
    count = len(packet.hashes)
    end = b"PK\x05\x06" + struct.pack(
        "<HHHHIIH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), offset, 0
    )
    if signature + file.read(len(directory) + len(end)) != directory + end:
        raise DoesNotHold("压缩包目录", "目录与各文件的实际内容对不上，或末尾有多余、缺少的字节")
    return packet


def _read_member(file: BinaryIO, packet: Packet, number: int) -> tuple[str, int, int]:
    place = f"压缩包内第 {number} 个文件"
    header = file.read(26)
    if len(header) != 26:
        raise DoesNotHold(place, "文件头不完整")
    length, name_length, more = struct.unpack("<IHH", header[18:])
    raw = file.read(name_length)
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise DoesNotHold(place, "文件名无法读出") from None
    _check_name(name, place)
    crc, digest, left, pieces = 0, hashlib.sha256(), length, []
    while left:
        piece = file.read(min(PIECE, left))
        if not piece:
            raise DoesNotHold(name, "内容不完整，压缩包可能只传了一部分")
        crc = zlib.crc32(piece, crc)
        digest.update(piece)
        left -= len(piece)
        if not name.startswith("data/files/"):
            pieces.append(piece)
    if header[10:14] != struct.pack("<I", crc):
        raise DoesNotHold(name, "内容与压缩包里记下的校验值对不上")
    if more or header != _fixed(raw, crc, length):
        raise DoesNotHold(name, "文件头与规定的写法对不上")
    packet.hashes[name] = digest.hexdigest()
    packet.sizes[name] = length
    packet.kept[name] = b"".join(pieces)
    return name, crc, length


def _fixed(raw: bytes, crc: int, length: int) -> bytes:
    """The part that the header of a member and its line in the directory have in common."""
    flags = 0 if all(byte < 128 for byte in raw) else 0x800
    return struct.pack("<HHHHHIIIHH", 20, flags, 0, 0, 0x21, crc, length, length, len(raw), 0)


def _check_name(name: str, place: str) -> None:
    parts = name.split("/")
    if not NAME.fullmatch(name) or any(part in ("", ".", "..") for part in parts):
        raise DoesNotHold(place, f"文件名不合规定：{name!r}")


# ---- the lists


def check_lists(packet: Packet) -> str:
    """Every file in its list, nothing beside the lists. Return the fingerprint of the packet."""
    for name in (*TAGS, *LISTS, "tagmanifest-sha256.txt"):
        if name not in packet.hashes:
            raise DoesNotHold(name, "包内缺少这个文件")
    if packet.kept["bagit.txt"] != BAGIT:
        raise DoesNotHold("bagit.txt", "内容与规定的写法对不上")
    payload = [name for name in packet.hashes if name.startswith("data/")]
    for name in packet.hashes:
        if name not in payload and name not in TAGS and name != "tagmanifest-sha256.txt":
            raise DoesNotHold(name, "包内多出这个文件")
    _check_manifest(packet, "manifest-sha256.txt", payload)
    _check_manifest(packet, "tagmanifest-sha256.txt", list(TAGS))
    octets = sum(packet.sizes[name] for name in payload)
    oxum = f"Payload-Oxum: {octets}.{len(payload)}"
    if oxum not in packet.kept["bag-info.txt"].decode("utf-8", "replace").split("\n"):
        raise DoesNotHold("bag-info.txt", "总字节数、文件数对不上")
    return packet.hashes["tagmanifest-sha256.txt"]


def _check_manifest(packet: Packet, manifest: str, names: list[str]) -> None:
    names = sorted(names, key=lambda name: name.encode("utf-8"))
    expected = [f"{packet.hashes[name]}  {name}" for name in names]
    written = packet.kept[manifest].decode("utf-8", "replace").split("\n")
    if written == [*expected, ""]:
        return
    for name, line in zip(names, expected):  # noqa: B905 - strict= needs Python 3.10
        if line not in written:
            raise DoesNotHold(name, f"与清单 {manifest} 对不上")
    raise DoesNotHold(manifest, "清单里有多余或错位的内容")


# ---- the chain


def read_canonical(data: bytes, item: str) -> dict[str, Any]:
    """The object that these bytes spell in the one canonical way."""
    try:
        told = json.loads(data.decode("utf-8"), parse_float=_no_number, parse_constant=_no_number)
        again = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
        plain = isinstance(told, dict) and _is_plain(told)
    except (ValueError, RecursionError):
        raise DoesNotHold(item, "不是规定格式的 JSON") from None
    if again != data or not plain:
        raise DoesNotHold(item, "JSON 的写法不是规定的那一种")
    return dict(told)


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(key.isascii() for key in value) and all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value) == value
    return not isinstance(value, int) or abs(value) < 2**53


def check_chain(packet: Packet) -> tuple[list[dict[str, Any]], list[str]]:
    """Walk the chain from its first entry. Return the envelopes and their hashes."""
    lines = packet.kept["data/chain.jsonl"].split(b"\n")
    if lines.pop() != b"" or not lines:
        raise DoesNotHold("data/chain.jsonl", "最后一行不完整，或没有条目")
    envelopes: list[dict[str, Any]] = []
    hashes: list[str] = []
    prev = "0" * 64
    for number, line in enumerate(lines, 1):
        item = f"第 {number} 条"
        envelope = read_canonical(line, item)
        _check_envelope(envelope, item)
        if envelope["seq"] != number:
            raise DoesNotHold(item, "序号对不上，写着 {!r}".format(envelope["seq"]))
        if envelope["prev"] != prev:
            raise DoesNotHold(item, "与前一条的哈希对不上")
        if envelopes and envelope["chain"] != envelopes[0]["chain"]:
            raise DoesNotHold(item, "属于另一条链")
        prev = hashlib.sha256(b"mediation-evidence/1 link\n" + line).hexdigest()
        envelopes.append(envelope)
        hashes.append(prev)
    return envelopes, hashes


def _check_envelope(envelope: dict[str, Any], item: str) -> None:
    if set(envelope) != ENVELOPE or envelope["v"] != "mediation-evidence/1":
        raise DoesNotHold(item, "栏目或版本与规定的对不上")
    texts = [envelope[key] for key in ENVELOPE - {"seq"}]
    if not all(isinstance(text, str) for text in texts) or type(envelope["seq"]) is not int:
        raise DoesNotHold(item, "栏目的类型与规定的对不上")
    if not (
        HEX64.fullmatch(envelope["c256"])
        and HEX64.fullmatch(envelope["prev"])
        and AT.fullmatch(envelope["at"])
    ):
        raise DoesNotHold(item, "哈希或时间的写法与规定的对不上")


def check_head(packet: Packet, envelopes: list[dict[str, Any]], hashes: list[str]) -> list[dict[str, Any]]:
    """The head says how many entries there are and which is the last. Return the anchors."""
    head = read_canonical(packet.kept["data/head.json"], "data/head.json")
    if (
        set(head) != {"v", "chain", "count", "head", "made_at", "anchors"}
        or head["v"] != "mediation-packet/1"
    ):
        raise DoesNotHold("data/head.json", "栏目或版本与规定的对不上")
    count = head["count"]
    if count != len(envelopes):
        raise DoesNotHold("data/head.json", f"写着共 {count!r} 条，包内有 {len(envelopes)} 条")
    if (head["chain"], head["head"]) != (envelopes[0]["chain"], hashes[-1]):
        raise DoesNotHold("data/head.json", "末条哈希或链名对不上")
    if not isinstance(head["anchors"], list):
        raise DoesNotHold("data/head.json", "栏目的类型与规定的对不上")
    for number, anchor in enumerate(head["anchors"], 1):
        _check_anchor(anchor, hashes, f"data/head.json 第 {number} 个时间戳")
    return head["anchors"]


def _check_anchor(anchor: Any, hashes: list[str], item: str) -> None:
    if not isinstance(anchor, dict) or set(anchor) != {"seq", "head", "at", "authority", "token"}:
        raise DoesNotHold(item, "栏目与规定的对不上")
    seq = anchor["seq"]
    if type(seq) is not int or not 1 <= seq <= len(hashes) or hashes[seq - 1] != anchor["head"]:
        raise DoesNotHold(item, "所指的条目对不上")
    try:
        token = base64.b64decode(str(anchor["token"]).encode("utf-8"), validate=True)
    except (binascii.Error, ValueError):
        raise DoesNotHold(item, "凭证无法读出") from None
    if bytes.fromhex(hashes[seq - 1]) not in token and hashes[seq - 1].encode() not in token:
        raise DoesNotHold(item, "凭证里没有这一条的哈希")


def check_bodies(packet: Packet, envelopes: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Each body against the commitment in its envelope. Return the records by entry number."""
    records: dict[int, dict[str, Any]] = {}
    for name in packet.hashes:
        if not name.startswith("data/bodies/"):
            continue
        found = BODY.fullmatch(name)
        seq = int(found.group(1)) if found else 0
        if not 1 <= seq <= len(envelopes) or name != f"data/bodies/{seq:06d}.json":
            raise DoesNotHold(name, "没有对应的条目")
        data = packet.kept[name]
        if hashlib.sha256(b"mediation-evidence/1 body\n" + data).hexdigest() != envelopes[seq - 1]["c256"]:
            raise DoesNotHold(name, f"正文与第 {seq} 条记下的哈希对不上")
        body = read_canonical(data, name)
        salt = body.get("salt")
        if set(body) != {"salt", "record"} or not isinstance(salt, str) or not HEX64.fullmatch(salt):
            raise DoesNotHold(name, "正文的栏目与规定的对不上")
        if not isinstance(body["record"], dict):
            raise DoesNotHold(name, "正文的栏目与规定的对不上")
        records[seq] = body["record"]
    return records


def check_files(packet: Packet, envelopes: list[dict[str, Any]], records: dict[int, dict[str, Any]]) -> int:
    """Each deposited file against the entry by which it was taken in. Return how many there are."""
    listed = read_canonical(packet.kept["data/files.json"], "data/files.json").get("files")
    there = [name for name in packet.hashes if name.startswith("data/files/")]
    if not isinstance(listed, list) or not all(isinstance(told, dict) for told in listed):
        raise DoesNotHold("data/files.json", "栏目与规定的对不上")
    if sorted(str(told.get("path")) for told in listed) != sorted(there):
        raise DoesNotHold("data/files.json", "所列文件与包内文件对不上")
    for told in listed:
        path, seq = told["path"], told.get("seq")
        if type(seq) is not int or seq not in records or envelopes[seq - 1]["typ"] != "deposit.take_in":
            raise DoesNotHold(path, "链上没有这个文件的存证条目")
        record = records[seq]
        if record.get("sha256") != packet.hashes[path] or record.get("size") != packet.sizes[path]:
            raise DoesNotHold(path, f"与第 {seq} 条记下的哈希对不上")
        if (told.get("sha256"), told.get("size")) != (packet.hashes[path], packet.sizes[path]):
            raise DoesNotHold("data/files.json", f"所列哈希与文件 {path} 对不上")
    return len(there)


def find_extras(packet: Packet, records: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Files beside the deposits, such as a record sheet: in which entry their hash stands, if in any."""
    extras = []
    for name, digest in packet.hashes.items():
        if (
            name.startswith("data/")
            and name not in LISTS
            and not name.startswith(("data/files/", "data/bodies/"))
        ):
            seqs = [seq for seq, record in sorted(records.items()) if digest in json.dumps(record)]
            extras.append({"path": name, "entries": seqs})
    return extras


# ---- the report


def verify(file: BinaryIO) -> dict[str, Any]:
    """Check everything. Raises DoesNotHold at the first thing that does not hold."""
    packet = read_archive(file)
    fingerprint = check_lists(packet)
    envelopes, hashes = check_chain(packet)
    anchors = check_head(packet, envelopes, hashes)
    records = check_bodies(packet, envelopes)
    files = check_files(packet, envelopes, records)
    erased = [seq for seq in sorted(records) if envelopes[seq - 1]["typ"] == "erasure"]
    return {
        "chain": envelopes[0]["chain"],
        "entries": len(envelopes),
        "first_at": envelopes[0]["at"],
        "last_at": envelopes[-1]["at"],
        "head": hashes[-1],
        "fingerprint": fingerprint,
        "bodies": len(records),
        "without_body": [seq for seq in range(1, len(envelopes) + 1) if seq not in records],
        "erasures": [{"entry": seq, "up_to": records[seq].get("up_to")} for seq in erased],
        "files": files,
        "extras": find_extras(packet, records),
        "anchors": [{"seq": a["seq"], "at": a["at"], "authority": a["authority"]} for a in anchors],
    }


def tell(found: dict[str, Any]) -> str:
    """The findings of a packet that holds, in words."""
    lines = [
        "链：{chain}".format(**found),
        "条目：{entries} 条，{first_at} 至 {last_at}".format(**found),
        "正文：附 {} 条；未附：{}".format(found["bodies"], _numbers(found["without_body"])),
        "文件：{files} 个，均与链上记下的哈希一致".format(**found),
    ]
    for extra in found["extras"]:
        where = "哈希见" + _numbers(extra["entries"]) if extra["entries"] else "在清单内，链上正文未记其哈希"
        lines.append("附件：{}，{}".format(extra["path"], where))
    lines += [
        "删除：第 {entry} 条记明，第 {up_to} 条及以前的正文已删除".format(**e) for e in found["erasures"]
    ]
    lines += ["时间戳：第 {seq} 条，{at}，{authority}（签名未核）".format(**a) for a in found["anchors"]]
    lines += ["末条哈希：{}".format(found["head"]), "本包指纹：{}".format(found["fingerprint"])]
    lines += ["", "核对结果说明：", *("  · " + line for line in PROVES)]
    lines += ["核对结果不说明：", *("  · " + line for line in DOES_NOT_PROVE), "", "一致"]
    return "\n".join(lines)


def _numbers(seqs: list[int]) -> str:
    """第 1、4–6 条."""
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and runs[-1][-1] == seq - 1:
            runs[-1][1:] = [seq]
        else:
            runs.append([seq])
    return "第 {} 条".format("、".join("–".join(map(str, run)) for run in runs)) if runs else "无"


def main(arguments: list[str]) -> int:
    """Check the packet that the arguments name and print what was found."""
    paths = [argument for argument in arguments if argument != "--json"]
    if len(paths) != 1 or paths[0].startswith("-"):
        return _answer(
            {"verdict": "无法核验", "why": "用法：python -I -S verify.py 证据包.zip [--json]"}, arguments, 2
        )
    try:
        with open(paths[0], "rb") as file:  # noqa: PTH123 - one file, no imports beyond need
            found = verify(file)
    except DoesNotHold as error:
        return _answer({"verdict": "对不上", "item": error.item, "why": error.why}, arguments, 1)
    except (OSError, MemoryError) as error:
        return _answer({"verdict": "无法核验", "why": f"文件打不开：{error}"}, arguments, 2)
    found.update(verdict="一致", proves=PROVES, does_not_prove=DOES_NOT_PROVE)
    return _answer(found, arguments, 0)


def _answer(answer: dict[str, Any], arguments: list[str], code: int) -> int:
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    if "--json" in arguments:
        text = json.dumps(answer, ensure_ascii=False, indent=1)
    elif code == 0:
        text = tell(answer)
    elif code == 1:
        text = "第一处：{}\n原因：{}\n\n对不上".format(answer["item"], answer["why"])
    else:
        text = "{}\n\n无法核验".format(answer["why"])
    sys.stdout.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
