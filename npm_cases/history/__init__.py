"""The case history as bytes: canonical events, leaf hashes, commitments. Pure; imports nothing of the rest."""
