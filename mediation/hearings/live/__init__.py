"""The sound of a hearing while it is spoken: kept as it comes, captioned, sealed when a stream ends."""
