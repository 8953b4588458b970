# Milepost needs Python 3.11 to 3.13, git and make. Everything else is installed into .venv, everything kept is in var/.
.PHONY: help run test test-sqlite test-postgres lint format lock environment dev-environment

PORT ?= 8000
export PORT
python := .venv/bin/python
workers ?= 2
templates = $(shell git ls-files --cached --others --exclude-standard 'templates/*.html' '*/templates/*.html')

help:  ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | column -t -s '|'

run: environment  ## Run Milepost on http://127.0.0.1:8000/ (PORT=… moves it)
	@exec $(python) manage.py up --bind 127.0.0.1:$(PORT)

test: dev-environment  ## Run all tests, on SQLite and on PostgreSQL
	@$(python) -m tests.both -n $(workers) --dist worksteal

test-sqlite: dev-environment  ## Run all tests on SQLite only
	@MILEPOST_TEST_DB=sqlite $(python) -m pytest -n $(workers) --dist worksteal

test-postgres: dev-environment  ## Run all tests on PostgreSQL only
	@MILEPOST_TEST_DB=postgres $(python) -m pytest -n $(workers) --dist worksteal

lint: dev-environment  ## Check style, templates, imports, types, migrations and the settings of a real installation
	@bin/lint

format: dev-environment  ## Put code and templates into the agreed form
	@$(python) -m ruff check --fix --quiet . ; $(python) -m ruff format --quiet .
	@.venv/bin/django-upgrade --target-version 5.2 $(shell git ls-files --cached --others --exclude-standard '*.py') || true
	@.venv/bin/djade --target-version 5.2 $(templates) || true

lock:  ## Write requirements*.txt anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@bin/lock $(if $(UPGRADE),--upgrade)

environment:
	@bin/environment requirements.txt

dev-environment:
	@bin/environment requirements-dev.txt
