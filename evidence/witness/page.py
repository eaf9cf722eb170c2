"""The page for people: what this witness does and what it has seen."""

import time
from html import escape
from urllib.parse import quote

from evidence.tlog.notes import to_base64
from evidence.witness.judging import Witness
from evidence.witness.store import CONTRADICTION, Seen

STYLE = """
:root { color-scheme: light dark; --line: #8886; --warn: #b3261e; --ink: #1a1a1a; --soft: #4a4a4a; --paper: #fff; }
body { background: var(--paper); color: var(--ink); overflow-wrap: anywhere;
       font: 1rem/1.7 system-ui, "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif; margin: 0 auto;
       max-width: 44rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.3; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
code { overflow-wrap: anywhere; font-size: .875rem; }
dl { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: .75rem 1rem; }
dt { font-weight: 600; } dd { margin: 0 0 .75rem; } dd:last-child { margin: 0; }
.warn { border: 2px solid var(--warn); border-radius: .5rem; padding: .75rem 1rem; }
[lang=en] { color: var(--soft); font-size: .9375rem; }
a { color: inherit; display: inline-block; padding: .5rem 0; }
@media (prefers-color-scheme: dark) { :root { --warn: #f2b8b5; --ink: #eee; --soft: #c4c4c4; --paper: #121212; } }
"""
PAGE = """<!doctype html>
<html lang="zh-Hans">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name} · 见证人</title><link rel="stylesheet" href="{prefix}/style.css"></head>
<body>
<main>
<h1>见证人 {name}</h1>
<p>这个程序不看任何案件内容。它只看日志的“检查点”：有多少条，合起来的指纹是什么。</p>
<p>只有新的检查点接得上以前看过的全部内容，它才签名，并写上时间。有人改过旧内容，它就不再签名，并留下证据。</p>
<p lang="en">This witness sees no contents of any case. It cosigns a checkpoint of a log only when the log has done
nothing but grow since the last one, and keeps every checkpoint that it cosigned or had to refuse.</p>
{alarm}
<h2>看到了什么 <span lang="en">What it has seen</span></h2>
{logs}
<h2>见证人的公钥 <span lang="en">Verifier key</span></h2>
<p>请向运行它的单位核对，再写进您的信任策略。</p>
<p><code>{vkey}</code></p>
<h2>取数据 <span lang="en">Data</span></h2>
<p><a href="{prefix}/checkpoints">每个日志最新的检查点（JSON）</a></p>
<p><a href="{prefix}/refused">没有签名的检查点（JSON）</a></p>
</main>
</body>
</html>
"""
LOG = """<dl>
<dt>日志 <span lang="en">Log</span></dt><dd><code>{origin}</code></dd>
<dt>条数 <span lang="en">Size</span></dt><dd>{size}</dd>
<dt>签名时间 <span lang="en">Cosigned</span></dt><dd><time datetime="{iso}">{when}</time></dd>
<dt>根指纹 <span lang="en">Root</span></dt><dd><code>{root}</code></dd>
<dt>全文 <span lang="en">Whole</span></dt>
<dd><a href="{prefix}/checkpoint?origin={quoted}">检查点</a></dd>
<dd><a href="{prefix}/history?origin={quoted}">以前的全部</a></dd>
</dl>"""
WAITING = """<dl><dt>日志 <span lang="en">Log</span></dt><dd><code>{origin}</code></dd>
<dt>条数 <span lang="en">Size</span></dt><dd>还没有见过 <span lang="en">none yet</span></dd></dl>"""
ALARM = """<p class="warn" role="alert">警告：有日志签过互相矛盾的检查点。证据在<a
href="{prefix}/refused">这里</a>。请联系有关单位。<br>
<span lang="en">Warning: a log has signed checkpoints that contradict each other. The proof is kept.</span></p>"""
UNPROVEN = """<p class="warn">有的检查点没能证明接得上以前的内容，没有签名。<a href="{prefix}/refused">查看</a><br>
<span lang="en">Some checkpoints could not be shown to continue the log, and were not cosigned.</span></p>"""


def render(witness: Witness, prefix: str) -> str:
    """The page as HTML. Every origin in it is escaped: it comes from outside."""
    seen = {one.origin: one for one in witness.store.latest_of_all()}
    origins = sorted({log.key.name for log in witness.logs.all()} | seen.keys())
    logs = [
        _log(seen[origin], prefix) if origin in seen else WAITING.format(origin=escape(origin))
        for origin in origins
    ]
    return PAGE.format(
        name=escape(witness.key.name),
        vkey=escape(str(witness.key.vkey)),
        prefix=escape(prefix),
        alarm=_alarm(witness.store.refused(), prefix),
        logs="\n".join(logs),
    )


def _alarm(refused: list[Seen], prefix: str) -> str:
    if not refused:
        return ""
    worst = any(one.kind == CONTRADICTION for one in refused)
    return (ALARM if worst else UNPROVEN).format(prefix=escape(prefix))


def _log(seen: Seen, prefix: str) -> str:
    at = time.gmtime(seen.at_s)
    return LOG.format(
        origin=escape(seen.origin),
        size=seen.size,
        iso=time.strftime("%Y-%m-%dT%H:%M:%SZ", at),
        when=time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seen.at_s + 8 * 3600)) + "（北京时间）",
        root=escape(to_base64(seen.root)),
        quoted=escape(quote(seen.origin, safe="")),
        prefix=escape(prefix),
    )
