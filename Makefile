# Everything a checkout needs. After the first run of `make demo` or `make test` no target needs a network.

VENV   := .venv
BIN    := $(VENV)/bin
SAMPLE := sample_logs/python-null-after-release/logs

.PHONY: demo test lint check bench lab clean

demo: $(VENV)/.installed  ## set everything up and diagnose a sample incident
	@echo "\$$ hotfix analyze $(SAMPLE)"
	@$(BIN)/hotfix analyze $(SAMPLE) || test $$? -eq 1

test: $(VENV)/.tested-with  ## set everything up and run every test
	$(BIN)/pytest

check: lint test  ## everything that must hold before a commit

lint: $(VENV)/.tested-with  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.tested-with  ## speed against masked drain3 on a generated corpus of 1 GB (minutes)
	$(BIN)/python benchmarks/throughput.py

clean:  ## remove what was set up
	rm -rf $(VENV) .hotfix

$(VENV)/.installed: pyproject.toml
	@echo "Setting up hotfix in $(VENV) (once, about a minute) ..."
	@python3 -c "import ensurepip" 2>/dev/null || { apt-get update -q && apt-get install -y -q python3-venv; }
	@python3 -m venv $(VENV)
	@$(BIN)/pip install -q --upgrade pip
	@$(BIN)/pip install -q -e .
	@touch $@

# Tests read real repositories, made with git.
$(VENV)/.tested-with: $(VENV)/.installed
	@command -v git >/dev/null || { apt-get update -q && apt-get install -y -q git; }
	@$(BIN)/pip install -q --group dev
	@touch $@

lab:  ## record one scenario of the incident lab: make lab SCENARIO=pool-shrunk-by-config (as root, about twelve minutes)
	PYTHONPATH=benchmarks python3 -m lab.record $(SCENARIO)
