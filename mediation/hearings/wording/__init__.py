"""From what an engine heard to a line people can read: words, figures, terms of the field, dialect words, doubts."""
