"""Studies, transcripts, coding, themes and findings. Nothing is built here yet."""
