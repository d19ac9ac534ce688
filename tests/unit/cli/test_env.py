"""A shell that holds the exports of `shopflow env` still starts and uses the stack as before."""

import shlex
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from local_stack.errors import InvalidSettingsError
from local_stack.home import Home
from local_stack.settings import CHOICES, Settings, variable
from local_stack.up import _settle
from shopflow_cli.cli import app


class FakeSupervisor:
    """Stands in for the supervisor of a stack that runs."""

    def is_running(self) -> bool:
        return True

    def is_current(self) -> bool:
        return True


def settle(home: Home) -> Settings:
    return _settle(home, FakeSupervisor(), Console(quiet=True))  # ty: ignore[invalid-argument-type]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in CHOICES:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("SHOPFLOW_HOME", str(tmp_path / "home"))
    Home.current().claim()
    return Home.current()


def export_env(monkeypatch: pytest.MonkeyPatch) -> None:
    for line in CliRunner().invoke(app, ["env"]).stdout.splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        monkeypatch.setenv(name, shlex.split(value)[0])


def test_what_env_prints_is_no_other_setting(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = home.settings()
    export_env(monkeypatch)
    assert settle(home) == before == home.settings()


def test_what_env_printed_before_the_ports_changed_is_no_other_setting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_env(monkeypatch)
    home.settings().model_copy(update={"postgres_port": 5499}).save(home.env_file)
    assert settle(home).shop_url == home.settings().shop_url
    assert ":5499/" in home.settings().shop_url


def test_every_choice_that_equals_the_setting_is_no_other_setting(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = home.settings().model_copy(update={"oltp_url": "postgresql://a:b@elsewhere/shop"})
    before.save(home.env_file)
    for line in home.env_file.read_text().splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    assert settle(home) == home.settings()


def test_another_database_is_refused_while_the_stack_runs_and_the_message_says_what_to_do(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPFLOW_OLTP_URL", "postgresql://a:b@elsewhere/shop")
    with pytest.raises(InvalidSettingsError, match=r"another SHOPFLOW_OLTP_URL.*unset SHOPFLOW_OLTP_URL"):
        settle(home)


def test_the_own_database_again_is_a_change(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    export_env(monkeypatch)
    home.settings().model_copy(update={"oltp_url": "postgresql://a:b@elsewhere/shop"}).save(home.env_file)
    with pytest.raises(InvalidSettingsError, match="another SHOPFLOW_OLTP_URL"):
        settle(home)
