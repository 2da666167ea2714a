# Everything one does with Madoguchi. 'make' alone lists it.
SHELL := /bin/bash
PYTHON := .venv/bin/python
FILE ?= evaluation/second.jsonl

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run line-sandbox train test evaluate demo-data bench report lint format transcripts web lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## make both environments (the other commands do it themselves)
	@scripts/setup

setup-dev: ## the same with what tests and checks need
	@scripts/setup dev

run: setup ## start everything on http://127.0.0.1:8080; Ctrl-C stops it
	@exec $(PYTHON) -m madoguchi run

line-sandbox: setup ## stand in for LINE: a page to write, tap and block on, at http://127.0.0.1:8090
	@exec $(PYTHON) -m tests.line_platform

train: setup ## train the assistant when its data has changed
	@$(PYTHON) -m madoguchi train

test: setup-dev ## run every test
	@scripts/test

evaluate: setup ## measure answers: make evaluate FILE=path.jsonl
	@$(PYTHON) -m madoguchi evaluate "$(FILE)"

demo-data: setup ## list the demo shops' customers, orders and rentals, and what to try with each
	@$(PYTHON) -m madoguchi demo

bench: setup ## measure speed and memory
	@$(PYTHON) -m benchmarks

report: setup ## write docs/evaluation-report.md anew: make report FILES="one.jsonl two.jsonl"
	@$(PYTHON) -m benchmarks.report $(FILES)

lint: setup-dev ## check style, types and training data
	@scripts/lint

format: setup-dev ## put the code into its style
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

transcripts: setup-dev ## write the skills' pages in docs/ anew, with real conversations
	@$(PYTHON) docs/transcripts.py

web: ## build the widget and the desk (needs Node 20; running does not)
	@cd web && npm ci --no-audit --no-fund && npm run build

lock: setup ## pin the dependencies anew, with hashes
	@scripts/lock

clean: ## remove what the commands made, but not the database
	@rm -rf .venv bot/.venv .tools .rasa results models/*.tar.gz models/current.json
