"""Pages of the hearing that the doors share. A door passes its name (the namespace of its addresses and templates)."""
