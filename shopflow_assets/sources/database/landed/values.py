"""A value of a column, as the source gives it."""

# The text, or None for null, or UNCHANGED.
Value = str | None
# Stands for a wide value that an update did not touch: PostgreSQL does not send it. No text of PostgreSQL
# contains a NUL.
UNCHANGED = "\0unchanged"
