"""Every string has its Chinese and its English; placeholders agree; nothing in the sources is missing."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed
from pytest_django.fixtures import Settings

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = ["zh_Hans", "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_translated(language: str) -> None:
    po = catalogue(language)
    assert [entry.msgid for entry in po.untranslated_entries()] == []
    assert [entry.msgid for entry in po.fuzzy_entries()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_agree(language: str) -> None:
    wrong = [
        entry.msgid
        for entry in catalogue(language)
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if (
            text
            and not set(PLACEHOLDER.findall(text))
            <= set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        )
        or (
            text
            and not entry.msgid_plural
            and set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(entry.msgid))
        )
    ]
    assert wrong == []


def test_chinese_is_chinese() -> None:
    plain = re.compile(r"[一-鿿%…·—]|^[\W\d_]*$|^[A-Za-z0-9 .%()/:-]{1,24}$")
    assert [
        entry.msgid for entry in catalogue("zh_Hans") if entry.msgstr and not plain.search(entry.msgstr)
    ] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed (apt install gettext)")
def test_no_string_of_the_sources_is_missing(tmp_path: Path) -> None:
    for folder in ("evidence", "cases", "mediation", "templates", "locale"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "fonts", "*.ogg")
        )
    shutil.copy(ROOT / "manage.py", tmp_path)
    before = {entry.msgid for entry in catalogue("zh_Hans")}
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-wrap", "--no-location", "--no-obsolete"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    after = polib.pofile(str(tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    assert {entry.msgid for entry in after} - before == set()


def test_a_process_that_compiles_the_catalogues_speaks_them_at_once(
    settings: Settings, tmp_path: Path
) -> None:
    """On the first start of a fresh copy the demo is written by the very process that has just compiled."""
    source = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    copy = tmp_path / "zh_Hans" / "LC_MESSAGES" / "django.po"
    copy.parent.mkdir(parents=True)
    shutil.copy(source, copy)
    settings.LOCALE_PATHS = [tmp_path]
    translation_file_changed(None, copy.with_suffix(".mo"))  # as in a process that has just started
    try:
        with translation.override("zh-hans"):
            assert translation.gettext("Pay less") == "Pay less"
            call_command("compile_locale", verbosity=0)
        with translation.override("zh-hans"):
            assert translation.gettext("Pay less") == "少还一些"
    finally:
        settings.LOCALE_PATHS = [ROOT / "locale"]
        translation_file_changed(None, copy.with_suffix(".mo"))
