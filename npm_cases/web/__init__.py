"""Pages for people over the same use cases as the command line: no rule, no SQL and no decision stands in a route."""
