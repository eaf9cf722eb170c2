"""Where a file comes from 来源, and what it is by its own bytes (在线诉讼规则 第十八条)."""
