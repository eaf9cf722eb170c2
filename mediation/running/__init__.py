"""A site on one machine: its programs, its Valkey server and its static files, started and stopped together."""
