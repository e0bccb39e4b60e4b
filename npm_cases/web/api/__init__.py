"""The same use cases as JSON for programs: bearer tokens with scopes, idempotency keys, problems with reasons (RFC 9457)."""
