"""The rules of the field as pure values and functions: cases, obligations, calendars, ladders, access."""
