"""In and out: studies into other programs' files, and other programs' files into studies."""
