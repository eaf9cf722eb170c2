"""What the site can do, measured: each file is a command."""
