"""npm-cases: no recommendation against torture and no torture allegation is forgotten, and anybody can prove it."""

__version__ = "0.1.0"
