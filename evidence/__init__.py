"""Ground floor: chains of entries and files in safe keeping (存证). It has never heard of a case."""
