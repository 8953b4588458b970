"""Interviews: studies, guides, participants, interviews and what was said. Findings flow back into the guidance."""
