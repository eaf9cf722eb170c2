"""文书: the papers that the house owes in a case, made after the fact and kept as exhibits."""
