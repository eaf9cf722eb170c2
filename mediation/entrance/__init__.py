"""The entrance of the house: the gate, the first page, signing in, addresses for messages."""
