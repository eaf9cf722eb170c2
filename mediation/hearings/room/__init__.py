"""The room 调解室: who is let in, where everybody is, what a page of it is told and may ask for."""
