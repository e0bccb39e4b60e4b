"""Settings and data of the installation: countries, calendars, mail templates. Nothing here decides anything."""
