"""The table of docs/evidence-attacks.md: what each defence sees of each attack, and the words for both.

`python -m tests.evidence.attacks.table` prints it; the tests hold the code to it, and the page to this.
"""

from collections.abc import Mapping, Sequence
from enum import Enum


class Seen(Enum):
    """What a defence sees of an attack."""

    FOUND = "发现"
    MISSED = "—"
    UNTOLD = "— ¹"  # not seen, and nobody had been told that it was done


F, M, U = Seen.FOUND, Seen.MISSED, Seen.UNTOLD
EXPECTED: Mapping[str, Sequence[Seen]] = {
    "nothing": (M, M, M, M, M, M),
    "edit_a_row": (F, F, F, F, F, F),
    "edit_and_rehash_a_row": (M, F, F, F, F, F),
    "edit_and_rechain": (M, M, F, F, F, F),
    "delete_and_rechain": (M, M, F, F, F, F),
    "reorder_and_rechain": (M, M, F, F, F, F),
    "insert_and_rechain": (M, M, F, F, F, F),
    "delete_the_tail": (M, M, M, M, F, F),
    "forge_with_another_key": (M, M, F, F, F, F),
    "rewrite_with_the_log_key": (M, M, M, M, F, F),
    "show_the_court_another_history": (M, M, M, M, F, F),
    "drop_what_nothing_covers": (M, M, M, M, M, U),
    "swap_a_file": (M, M, M, M, M, F),
    "backdate": (M, M, M, M, M, F),
    "omit_the_last_records": (M, M, M, M, M, F),
    "roll_back_one_witness": (M, M, M, M, M, F),
    "collude_with_all_witnesses": (M, M, M, M, M, F),
}
BY: Mapping[str, set[str]] = {  # who of ours must see it; others may, too
    "edit_a_row": {"fsck", "bodies"},
    "edit_and_rehash_a_row": {"fsck", "receipts", "chain"},
    "edit_and_rechain": {"fsck", "receipts", "witnesses"},
    "delete_and_rechain": {"fsck", "receipts", "witnesses"},
    "reorder_and_rechain": {"fsck", "receipts", "witnesses"},
    "insert_and_rechain": {"fsck", "receipts", "witnesses"},
    "delete_the_tail": {"receipts", "witnesses"},
    "forge_with_another_key": {"fsck", "receipts", "witnesses"},
    "rewrite_with_the_log_key": {"fsck", "receipts", "witnesses"},
    "show_the_court_another_history": {"checkpoint"},
    "swap_a_file": {"fsck"},
    "backdate": {"times"},
    "omit_the_last_records": {"ending"},
    "roll_back_one_witness": {"fsck", "receipts", "witnesses"},
    "collude_with_all_witnesses": {"receipts"},
}
WORDS_OF_BY: Mapping[str, str] = {
    "fsck": "巡检",
    "receipts": "当事人的回执",
    "witnesses": "见证方拒签",
    "bodies": "包：正文",
    "chain": "包：链",
    "checkpoint": "包：检查点",
    "ending": "包：末尾",
    "times": "包：时间",
}
WORDS: Mapping[str, str] = {
    "nothing": "没有人攻击（不得误报）",
    "edit_a_row": "改一行的正文",
    "edit_and_rehash_a_row": "改一行，并重算这一行的哈希",
    "edit_and_rechain": "改一条，重接整条链，重建两棵树和收尾记录",
    "delete_and_rechain": "删一条，重接，重建",
    "reorder_and_rechain": "两条对调，重接，重建",
    "insert_and_rechain": "插入一条，重接，重建",
    "delete_the_tail": "连同检查点一起截去末尾（恢复旧备份）",
    "forge_with_another_key": "用另一把密钥重签所有检查点",
    "rewrite_with_the_log_key": "用偷来的日志密钥重写全部",
    "show_the_court_another_history": "平台照旧，只给法院看另一份历史（分叉）",
    "drop_what_nothing_covers": "丢掉最新检查点之后的条目",
    "swap_a_file": "换掉存储里的文件",
    "backdate": "倒签：现在写，注明一个月前",
    "omit_the_last_records": "出具证据包时略去末几条",
    "roll_back_one_witness": "偷得日志密钥，并让一个见证方回到从前",
    "collude_with_all_witnesses": "日志与全部见证方串通，从头重写",
}
COLUMNS = ("逐行哈希", "哈希链", "＋签名检查点", "＋全部检查点", "＋一个见证方", "本系统")


def as_markdown() -> str:
    """The table as it stands in the page."""
    lines = ["| 攻击 | " + " | ".join(COLUMNS) + " | 由谁看出 |", "|---" * (len(COLUMNS) + 2) + "|"]
    for name, row in EXPECTED.items():
        by = "、".join(words for who, words in WORDS_OF_BY.items() if who in BY.get(name, ()))
        lines.append(f"| {WORDS[name]} | " + " | ".join(seen.value for seen in row) + f" | {by} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201
