# Two environments, one for each pinned generation of the SDK, and one for the peer that `make bench`
# measures beside it: built when they are stale and left alone when they are not. Everything runs
# from here: `make test` and then `make check` are what continuous integration does.

PYTHON ?= python3

export AGNT5_DISABLE_SDK_TELEMETRY := true

VENV := .venv
SEED := .venv-seed
PEER := .venv-peer

.PHONY: demo test test-quick check lint package bench sabotage sabotage-sample clean \
  environments prepared FORCE
.DELETE_ON_ERROR:

# --- the interpreter -----------------------------------------------------------------------------
# A name given by the caller is taken as it is; plain `python3` may be too old, so newer ones are
# looked for. The answer is the base interpreter, so that an activated .venv can be rebuilt.

ifneq ($(MAKECMDGOALS),clean)

candidates := "$(PYTHON)"
ifeq ($(origin PYTHON),file)
candidates += python3.13 python3.12 python3.11
endif

probe := import sys; \
  sys.version_info >= (3, 11) or sys.exit(1); \
  print(sys.implementation.name + "-%d.%d.%d" % sys.version_info[:3], sys._base_executable)
found := $(shell for python in $(candidates); do "$$python" -I -c '$(probe)' 2>/dev/null && break; done)

ifeq ($(found),)
$(error agnt5-sim needs Python 3.11 or newer, and '$(PYTHON)' is \
  $(or $(shell "$(PYTHON)" -c 'import sys; print(sys.version.split()[0])' 2>/dev/null),no working interpreter). \
  Name another: make PYTHON=/path/to/python3.13)
endif

base := $(wordlist 2,99,$(found))

# What an environment was built for: the interpreter's version, and this directory (its scripts and
# the editable install hold absolute paths). Where that has changed, the environment is rebuilt.
identity := $(firstword $(found)) $(CURDIR)
$(foreach env,$(VENV) $(SEED) $(PEER),\
  $(if $(filter-out $(identity),$(or $(shell cat $(env)/.pins 2>/dev/null),nothing)),\
    $(eval $(env)/.pins: FORCE)))

endif

# --- the environments ----------------------------------------------------------------------------
# .pins says that the pinned packages are in, .stamp that this project is too. Each is written last,
# so an interrupted build is begun again, and an edit of pyproject.toml alone reinstalls no package.

# Python compiles what it imports, when it does; pip would compile everything, for most of its time.
pip = $(@D)/bin/python -m pip install -q --disable-pip-version-check --no-compile

$(VENV)/.pins: requirements/current.txt
$(SEED)/.pins: requirements/seed.txt
$(PEER)/.pins: requirements/peer.txt
$(VENV)/.pins $(SEED)/.pins $(PEER)/.pins:
	rm -rf $(@D)
	"$(base)" -m venv $(@D)
	$(pip) -r $(filter requirements/%,$^)
	@echo '$(identity)' > $@

$(VENV)/.stamp: $(VENV)/.pins
$(SEED)/.stamp: $(SEED)/.pins
$(VENV)/.stamp $(SEED)/.stamp: pyproject.toml
	$(pip) --no-deps --no-build-isolation -e .
	@touch $@

# --- what there is to do -------------------------------------------------------------------------

demo: $(VENV)/.stamp
	$(VENV)/bin/python -m pytest --agnt5-sim scenarios

# How many processes run tests, or `0` for none but pytest itself. What is slow is what has the mark.
WORKERS ?= auto
spread := -n $(WORKERS) --dist worksteal
pytest := bin/python -m pytest $(spread)

test: prepared
	$(VENV)/$(pytest) -m "not slow" tests
	$(SEED)/$(pytest) -m "not slow" tests
	$(VENV)/$(pytest) --agnt5-sim --agnt5-sim-profile activation scenarios
	$(VENV)/$(pytest) --agnt5-sim --agnt5-sim-profile compat scenarios
	$(SEED)/$(pytest) --agnt5-sim scenarios

# All tests but those that sweep, start processes or execute the pages (tests/kinds_of_tests.py).
test-quick: environments
	$(VENV)/$(pytest) --quick tests
	$(SEED)/$(pytest) --quick tests

# What takes too long for `make test`: the slow tests, all of them in another order on other
# workers, a sample of the sabotages, and the package as others install it.
check: prepared
	$(VENV)/$(pytest) -m slow tests
	$(SEED)/$(pytest) -m slow tests
	$(VENV)/bin/python -m pytest -n 3 --dist load --shuffle 1 tests
	$(SEED)/bin/python -m pytest -n 3 --dist load --shuffle 2 tests
	$(MAKE) --no-print-directory sabotage-sample
	$(MAKE) --no-print-directory package

lint: $(VENV)/.stamp
	$(VENV)/bin/python -m ruff check .
	$(VENV)/bin/python -m ruff format --check .
	$(VENV)/bin/python -m mypy --strict agnt5_sim scenarios $(wildcard tests/typing_api.py)

# The environments are built side by side, and what is to be said about the text while they are.
environments:
	@$(MAKE) --no-print-directory -j2 $(VENV)/.stamp $(SEED)/.stamp

prepared:
	@$(MAKE) --no-print-directory -j2 lint $(SEED)/.stamp

package: environments
	$(VENV)/bin/python tests/check_package.py "$(base)"

# The table in tests/sabotage/entries: each entry breaks a copy of the product, and its test must turn
# red. ONLY=part of an id, a file or a test; PART=2/3 for the second third. The sample is a fixed ten.
SABOTAGE = $(VENV)/bin/python tests/sabotage --seed $(SEED)/bin/python --only '$(ONLY)' --part '$(PART)'

sabotage: $(VENV)/.stamp $(SEED)/.stamp
	$(SABOTAGE)

sabotage-sample: $(VENV)/.stamp $(SEED)/.stamp
	$(SABOTAGE) --sample

# BASE names a commit that is measured beside this one, as in `make bench BASE=main`.
ifdef BASE
bench: environments
	$(VENV)/bin/python -m bench.beside $(BASE); current=$$?; \
	  $(SEED)/bin/python -m bench.beside $(BASE) && exit $$current
else
bench: $(VENV)/.stamp $(SEED)/.stamp $(PEER)/.pins
	$(VENV)/bin/python -m bench
	$(SEED)/bin/python -m bench
endif

clean:
	rm -rf $(VENV) $(SEED) $(PEER) .bench build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
