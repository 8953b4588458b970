"""Sites, people and milestones of a project as tables of a spreadsheet: handed out, and taken in again.

`heads.py` finds which column is which, `table.py` says what every table can do, `sites.py`, `people.py` and
`milestones.py` do it, and `taking_in.py` looks at a file, asks for it to be taken in, and does that as a Job.
"""
