"""What each act asks for."""
