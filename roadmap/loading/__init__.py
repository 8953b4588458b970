"""From the YAML files in roadmap/content/ to published versions: read, check, assemble, write.

Nothing is written while a single fault is left. Each fault names the file, the row and the rule it breaks.
"""
