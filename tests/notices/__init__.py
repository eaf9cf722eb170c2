"""Messages: how they leave the house, and whether they count as delivered."""
