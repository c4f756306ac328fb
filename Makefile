# Guichet TPE. `make aide` lists the targets.
# Needs make, Python >= 3.11 and its venv module (python3-venv on Debian and Ubuntu); everything else goes into .venv.

SHELL := /bin/sh
.DEFAULT_GOAL := aide
.PHONY: aide demo test preuves mesures verifier formater lock environnement environnement-dev

BIN := .venv/bin
# Tests in parallel; `make test N=0 ARGS="-x tests/fiches"` runs a part of them, one after the other.
N ?= 2
ARGS ?=
# Tests of one group share what is long to prepare: one worker takes the whole group. In the order of collection: once
# a browser runs in a process, Django refuses it the database.
PARALLELE = $(if $(filter-out 0,$(N)),-n $(N) --dist loadgroup --no-loadscope-reorder)

aide: ## Cette liste
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r cible texte; do printf '  make %-12s %s\n' "$$cible" "$$texte"; done

demo: environnement ## Le site avec ses données de démonstration ; RESET=1 recommence à zéro, PORT=8010 choisit le port
	@exec $(BIN)/python manage.py demo $(if $(filter 1 oui true,$(RESET)),--recommencer) $(if $(PORT),--port $(PORT))

test: environnement-dev ## Tous les tests (PostgreSQL et Redis si DATABASE_URL et REDIS_URL les nomment)
	@exec $(BIN)/pytest $(PARALLELE) $(ARGS)

preuves: environnement-dev ## Les preuves : pannes, entrées hostiles, restauration
	@exec $(BIN)/pytest tests/preuves $(PARALLELE) $(ARGS)

mesures: environnement-dev ## Les mesures (PostgreSQL) : import de 100 000 entreprises, dossiers de 50 et 1 000 fiches, pages d’un million de fiches
	@$(BIN)/python -m tests.mesures.import_entreprises
	@$(BIN)/python -m tests.mesures.dossier
	@$(BIN)/python -m tests.mesures.fiches $(ARGS)

verifier: environnement-dev ## Analyse du code, des gabarits, des dépendances entre applications et des migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	sh scripts/verifier_production.sh $(BIN)/python

formater: environnement-dev ## Met en forme le code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Refait les verrous de dépendances (versions et empreintes, sans adresse) ; demande uv
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml --extra assets -o requirements/base.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
		pyproject.toml --extra dev -c requirements/base.lock -o requirements/dev.lock

environnement:
	@sh scripts/environnement.sh base

environnement-dev:
	@sh scripts/environnement.sh base dev
