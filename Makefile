# Everything starts here: `make help`. Needs python3 (3.11 or newer) and make; the rest is installed into this folder.
PYTHON ?= python3
RUNTIME ?= python3.13
ARCHITECTURE ?= arm64

UV := .local/uv/bin/uv
PY := .venv/bin/python
SAM := .local/sam/bin/sam
LISTS := infra/local/requirements
PROJECT := requirements.txt $(LISTS)/dev.txt

# An environment is installed when its stamp, named after the contents of its lists, is there.
PINNING := --universal --python-version 3.11 --custom-compile-command "make requirements"

sum = $(shell cat $(1) | cksum | cut -d' ' -f1)
READY_UV := .local/uv/ready-$(call sum,$(LISTS)/uv.txt)
READY_PROJECT := .venv/ready-$(call sum,$(PROJECT))
READY_MINISTACK := .local/ministack/ready-$(call sum,$(LISTS)/ministack.txt)
READY_SAM := .local/sam/ready-$(call sum,$(LISTS)/sam.txt)
READY_CHECKOV := .local/checkov/ready-$(call sum,$(LISTS)/checkov.txt)
READY_CFNLINT := .local/cfn-lint/ready-$(call sum,$(LISTS)/cfn-lint.txt)
READY_AUDIT := .local/pip-audit/ready-$(call sum,$(LISTS)/pip-audit.txt)
READY_ATHERIS := .local/atheris/ready-$(call sum,$(LISTS)/atheris.txt)
READY_SCHEMATHESIS := .local/schemathesis/ready-$(call sum,$(LISTS)/schemathesis.txt)
READY_MICROBURST := .local/microburst/ready-$(call sum,$(LISTS)/microburst.txt)

export PYTHONPATH := $(CURDIR)/infra/local:$(CURDIR)/layers/core
export SAM_CLI_TELEMETRY := 0
export UV_LINK_MODE := hardlink

.DEFAULT_GOAL := help
.PHONY: help openapi demo up down test faults simulate fuzz lint bench campaign build deploy company console links erase rotate dead-letters uncertain restore clean install browser microburst schemathesis linters requirements .venv

help:  ## these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: install  ## a salon's weeks in accelerated time; DATA=visits.csv [AS_OF=2026-01-31] for your own visits
	@$(PY) -m demo $(if $(DATA),--data "$(DATA)") $(if $(AS_OF),--as-of "$(AS_OF)") $(FLAGS)

up: install  ## the local cloud and the simulated world, deployed, left running
	@$(PY) -m cloud up

down:  ## stops what `make up` started
	@test ! -x $(PY) || $(PY) -m cloud down

test: lint browser microburst schemathesis  ## everything
	@$(PY) -m pytest -n 2 --dist loadfile tests/architecture tests/unit tests/functions tests/quality tests/storage tests/tenants tests/fuzz tests/crashes tests/simulation
	@$(PY) -m pytest $(wildcard tests/adapters tests/browser tests/e2e)

faults: browser microburst  ## the faults that were tried and what came of each, as the README's table; TESTS=tests/storage for some
	@$(PY) -m pytest -m fault --faults $(or $(TESTS),tests)

simulate: install  ## salons in virtual time, with faults; SEEDS=500 or 1000-1999; SEED=7 replays one with its whole trace
	@PYTHONPATH=$(CURDIR)/functions:$(PYTHONPATH) $(PY) -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(or $(SEEDS),500))

fuzz: install  ## N=100000 new inputs to the parsers of outside bytes; PARSERS="phones buttons" for some
	@$(MAKE) --no-print-directory -s $(READY_ATHERIS) || echo "no atheris here: mutations alone"
	@PYTHONPATH=$(CURDIR)/infra/local:$(CURDIR)/layers/core:$(CURDIR)/functions $(PY) -m tests.fuzz $(or $(N),100000) $(PARSERS)

lint: install linters  ## ruff, mypy, import contracts, SAM, cfn-lint, checkov, advisories
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .
	@.venv/bin/mypy functions layers/core/comeback infra/local infra/admin tests
	@PYTHONPATH=layers/core .venv/bin/lint-imports
	@$(SAM) validate --lint
	@.local/cfn-lint/bin/cfn-lint template.yaml -a cfn_lint_serverless.rules
	@told=$$(.local/checkov/bin/checkov -f template.yaml --framework cloudformation --skip-download --quiet --compact) || { echo "$$told"; exit 1; }
	@$(PY) -m audit $(PROJECT)

bench: install  ## import cost, requests and dollars, the forecast's quality; fails no build
	@PYTHONPATH=$(CURDIR)/infra/local:$(CURDIR)/layers/core:$(CURDIR)/functions $(PY) -m tests.bench

campaign: install  ## CLIENTS=10000 on the local cloud; an hour on an idle machine
	@PYTHONPATH=$(CURDIR)/infra/local:$(CURDIR)/layers/core:$(CURDIR) $(PY) -m tests.bench.big_campaign $(or $(CLIENTS),10000)

openapi: install  ## writes the admin API's description anew from its code
	@PYTHONPATH=$(CURDIR)/functions:$(PYTHONPATH) $(PY) -m openapi

build: install  ## what `make deploy` ships; RUNTIME=python3.13 ARCHITECTURE=arm64
	@find functions -name __pycache__ -prune -exec rm -rf {} +
	@RUNTIME=$(RUNTIME) ARCHITECTURE=$(ARCHITECTURE) PYTHON=$(CURDIR)/$(PY) $(SAM) build

deploy: build  ## to your AWS account, with questions
	@$(SAM) deploy --guided --parameter-overrides Runtime=$(RUNTIME) Architecture=$(ARCHITECTURE)

company: install  ## creates or changes a company on AWS: FILE=company.json [OWNER=anna@example.com signs in first] [STACK=comeback] [STAGE=prod]
	@PYTHONPATH=layers/core $(PY) infra/admin/company.py --stack $(or $(STACK),comeback) --stage $(or $(STAGE),prod) save $(FILE) $(if $(OWNER),--owner "$(OWNER)")

console: install  ## puts the console's files into its bucket: [STACK=comeback]; LOCAL=1 into the local cloud's
	@$(if $(LOCAL),$(PY) -m cloud console,$(PY) infra/admin/publish.py --stack $(or $(STACK),comeback))

links: install  ## personal Telegram links of a company's clients, as CSV: COMPANY=salon [STACK=comeback] [STAGE=prod]
	@PYTHONPATH=layers/core $(PY) infra/admin/company.py --stack $(or $(STACK),comeback) --stage $(or $(STAGE),prod) links $(COMPANY)

erase: install  ## a client, for good and in backups too: COMPANY=salon CLIENT=yc77 [STACK=comeback] [STAGE=prod]; no CLIENT: all erased, again
	@PYTHONPATH=layers/core $(PY) infra/admin/company.py --stack $(or $(STACK),comeback) --stage $(or $(STAGE),prod) erase $(COMPANY) $(CLIENT)

rotate: install  ## a new secret, the old one taken for a while: COMPANY=salon NAME=link_secret [HOURS=24] [STAGE=prod]
	@PYTHONPATH=layers/core $(PY) infra/admin/rotate.py $(COMPANY) $(NAME) --stage $(or $(STAGE),prod) --hours $(or $(HOURS),24)

dead-letters: install  ## what could not be handled, without personal data: [QUEUE=Inbound] [REDRIVE=1 puts it back] [STACK=comeback]
	@PYTHONPATH=layers/core $(PY) infra/admin/dead_letters.py --stack $(or $(STACK),comeback) --queue "$(QUEUE)" $(if $(REDRIVE),--redrive)

restore: install  ## the table, or COMPANY=salon alone, as it was AT=2026-11-24T09:00:00Z; shows, and with GO=1 does it; docs/restore.md
	@$(PY) infra/admin/restore.py --stack $(or $(STACK),comeback) $(if $(AT),--at "$(AT)") $(if $(BACKUP),--backup "$(BACKUP)") \
		$(if $(COMPANY),--company "$(COMPANY)") $(if $(INTO),--into "$(INTO)") $(if $(LOST),--lost) $(if $(GO),--go)

uncertain: install  ## messages nobody knows the fate of: COMPANY=salon [CLIENT=… MESSAGE=… ARRIVED=yes|no settles one] [STACK=comeback]
	@PYTHONPATH=layers/core $(PY) infra/admin/uncertain.py $(COMPANY) --stack $(or $(STACK),comeback) --client "$(CLIENT)" --message "$(MESSAGE)" --arrived "$(ARRIVED)"

clean: down  ## removes all that was installed and built
	@rm -rf .venv .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

# ── environments ─────────────────────────────────────────────────────────────────────────────────

install: $(READY_UV)
	@$(MAKE) --no-print-directory -s -j3 $(READY_PROJECT) $(READY_MINISTACK) $(READY_SAM)

.venv: $(READY_PROJECT)

$(READY_UV):
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Comeback needs Python 3.11 or newer, this is %d.%d: make PYTHON=/path/to/python3.11" % sys.version_info[:2])'
	@$(PYTHON) -m venv --clear .local/uv || { echo "python3 can not make environments: install its venv package (Debian: apt-get install python3-venv)" >&2; exit 1; }
	@.local/uv/bin/python -m pip install --quiet --disable-pip-version-check -r $(LISTS)/uv.txt
	@touch $@

$(READY_PROJECT): | $(READY_UV)
	@$(call environment,.venv,$(PROJECT))

$(READY_MINISTACK): | $(READY_UV)
	@$(call environment,.local/ministack,$(LISTS)/ministack.txt)

$(READY_SAM): | $(READY_UV)
	@$(call environment,.local/sam,$(LISTS)/sam.txt)

linters: $(READY_CHECKOV) $(READY_CFNLINT) $(READY_AUDIT)

$(READY_CHECKOV): | $(READY_UV)
	@$(call environment,.local/checkov,$(LISTS)/checkov.txt)

$(READY_CFNLINT): | $(READY_UV)
	@$(call environment,.local/cfn-lint,$(LISTS)/cfn-lint.txt)

$(READY_AUDIT): | $(READY_UV)
	@$(call environment,.local/pip-audit,$(LISTS)/pip-audit.txt)

$(READY_ATHERIS): | $(READY_UV)
	@$(call environment,.local/atheris,$(LISTS)/atheris.txt)

schemathesis: $(READY_SCHEMATHESIS)

$(READY_SCHEMATHESIS): | $(READY_UV)
	@$(call environment,.local/schemathesis,$(LISTS)/schemathesis.txt)

microburst: $(READY_MICROBURST)

$(READY_MICROBURST): | $(READY_UV)
	@$(call environment,.local/microburst,$(LISTS)/microburst.txt)

# One environment: made once, then brought to its lists exactly.
define environment
echo "installing $(1)" && rm -f $(1)/ready-* && \
{ test -x $(1)/bin/python || $(UV) venv --quiet --clear --python "$(PYTHON)" $(1); } && \
$(UV) pip sync --quiet --python $(1)/bin/python $(2) && touch $@
endef

browser: install
	@$(PY) -m cloud.browser

requirements: $(READY_UV)  ## writes the pinned lists anew from what the layers and tools ask for
	@$(UV) pip compile --quiet --upgrade $(PINNING) -o requirements.txt \
		layers/core/requirements.txt layers/ai/requirements.txt layers/files/requirements.txt
	@cat layers/core/no-dependencies.txt >> requirements.txt
	@$(UV) pip compile --quiet --upgrade $(PINNING) -c requirements.txt -o $(LISTS)/dev.txt $(LISTS)/dev.in
	@for tool in ministack sam checkov cfn-lint pip-audit atheris microburst schemathesis; do \
		$(UV) pip compile --quiet --upgrade $(PINNING) -o $(LISTS)/$$tool.txt $(LISTS)/$$tool.in; done
