"""Prefect flows, one file per rhythm. A flow decides when, and again if it fails; never whether.

Nothing here is imported by the rest: only the commands that need Prefect load it, after ``environment.prepare``.
"""
