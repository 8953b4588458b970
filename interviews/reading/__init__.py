"""Reading what comes in: the bytes of a file into text, text into who said what and when. No database here."""
