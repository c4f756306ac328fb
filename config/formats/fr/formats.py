"""French formats of ours: a non-breaking space before the hour, and dates read as people type them."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, G\\ \\h\\ i"
SHORT_DATE_FORMAT = "d/m/Y"
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y"]
NUMBER_GROUPING = 3
