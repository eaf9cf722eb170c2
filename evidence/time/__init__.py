"""Time from outside 时间戳: RFC 3161, its bytes and its authorities."""
