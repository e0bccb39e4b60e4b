"""Country data: packs, calendars and caseloads read from files, checked, or refused with file, line and reason."""
