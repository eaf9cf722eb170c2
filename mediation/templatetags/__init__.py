"""What templates of this house know beyond Django."""
