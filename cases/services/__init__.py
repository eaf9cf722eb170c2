"""What can be done with a case: one verb a function, one transaction each, the lock before the first look."""
