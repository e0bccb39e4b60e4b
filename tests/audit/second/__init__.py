"""The second verifier: written from the text of the formats alone, to be held against the first.

It imports nothing of the application. Everything is read into memory, trees are the recursive definitions of RFC 6962,
and every check is a function that yields findings: (case, seq, index in the log, what is wrong). What an honest bundle
may show as well, or what this program does not recount, is a note.

Sources: the description of the bundle and of calendars in ``docs``; RFC 6962 section 2.1 and RFC 9162; RFC 8785; the
C2SP formats signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof; subtrees as in the Merkle tree certificates
draft.
"""
