"""Due days 期限 as people read them: laid open on a page, in a calendar, in a feed, on the shelves of the rule book,
and always by its newest rules.
"""
