# make run: the whole site, with demo people and cases.  make test: the tests.  Both set everything up by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test test-fast check messages bench browser clean
help:
	@echo "make run       运行整个网站（含演示账号和案件）   run the whole site, with demo accounts and cases"
	@echo "make test      运行全部测试                     run the tests"
	@echo "make check     代码规范、类型、依赖方向、翻译      lint, types, import contracts, translations, migrations"
	@echo "make messages  从源码更新翻译目录                 update locale/ from the sources (needs gettext)"
	@echo "make bench     运行测量脚本                      run the benchmarks"
	@echo "make clean     删除虚拟环境和运行数据              remove the virtual environment and what the site kept"

$(VENV)/.made:
	@echo "· 建立虚拟环境 Making a virtual environment in $(VENV) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 以上 Python 3.11 or newer is needed (try: make run PYTHON=python3.12)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "缺少 venv：请先运行 apt install python3-venv. The venv module is missing: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 || true
	@touch $@

# uv downloads side by side and is several times faster; pip does the same where uv cannot.
define install
	@$(BIN)/python -m uv pip install --python $(BIN)/python --compile-bytecode -c constraints.txt -r $(1) \
	  || $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -r $(1)
endef

$(VENV)/.runtime: $(VENV)/.made requirements.txt requirements-voices.txt constraints.txt
	@echo "· 安装依赖（下载约 470 MB，占用约 1.2 GB，只需一次） Installing packages: about 470 MB to download, 1.2 GB on disk, once …"
	$(call install,requirements.txt)
	$(call install,requirements-voices.txt --no-deps)
	@touch $@

$(VENV)/.tools: $(VENV)/.runtime requirements-dev.txt
	@echo "· 安装开发工具 Installing the tools of the tests …"
	$(call install,requirements-dev.txt)
	@touch $@

run: $(VENV)/.runtime
	@exec $(BIN)/python manage.py run_site $(ARGS)

test: $(VENV)/.tools
	@$(BIN)/python manage.py compile_locale -v 0
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

test-fast: $(VENV)/.tools
	@$(BIN)/python manage.py compile_locale -v 0
	$(BIN)/python -m pytest -n 2 -m "not browser and not servers and not slow" $(ARGS)

check: $(VENV)/.tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint templates
	$(BIN)/codespell evidence cases mediation tests benchmarks docs *.md
	@$(BIN)/python manage.py compile_locale -v 0
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py check
	$(BIN)/python -m pytest -q tests/test_locale.py

messages: $(VENV)/.tools
	$(BIN)/python manage.py makemessages -l zh_Hans -l en --no-wrap --no-location --no-obsolete -i .venv -i var -i tests
	$(BIN)/python manage.py compile_locale

bench: $(VENV)/.tools
	$(BIN)/python benchmarks/ledger.py
	-$(BIN)/python benchmarks/evidence.py --size 10000  # goes on where an aim is missed
	$(BIN)/python benchmarks/mutants.py 1000
	$(BIN)/python benchmarks/clocks.py
	$(BIN)/python benchmarks/desk_queue.py
	@if [ -n "$(SPEECH)" ]; then $(BIN)/python benchmarks/speech.py "$(SPEECH)"; else echo "语音 speech: make bench SPEECH=FOLDER (benchmarks/speech.py)"; fi
	@if [ -n "$(STATUTES)" ]; then $(BIN)/python benchmarks/similarity.py "$(STATUTES)"; else echo "检索 similarity: make bench STATUTES=FOLDER (benchmarks/similarity.py)"; fi

clean:
	rm -rf $(VENV) var
