"""Which folders can be a home, and what a home holds."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from local_stack.errors import NotAHomeError, ServiceFailedError
from local_stack.home import Home
from local_stack.services.logs import last_lines, log_file
from shopflow_cli.cli import app


def test_an_empty_folder_becomes_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.claim()
    assert home.env_file.exists()
    home.claim()


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(NotAHomeError, match="not empty"):
        Home(tmp_path).claim()


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(NotAHomeError, match="is no folder"):
        Home(tmp_path / "home").claim()


def test_init_makes_ports_and_secrets_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPFLOW_HOME", str(tmp_path / "home"))
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    made = Home.current().env_file.read_text()
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    assert Home.current().env_file.read_text() == made


def test_init_adds_settings_that_an_older_home_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPFLOW_HOME", str(tmp_path))
    Home(tmp_path).claim()
    made = Home(tmp_path).env_file.read_text()
    lines = made.splitlines(keepends=True)
    Home(tmp_path).env_file.write_text("".join(x for x in lines if "MAX_MERGED_SHARE" not in x))
    # The stack may run with another one: only `up` takes exported settings over.
    monkeypatch.setenv("SHOPFLOW_MAX_VOLUME_FACTOR", "7")
    assert CliRunner().invoke(app, ["init"]).exit_code == 0
    assert Home(tmp_path).env_file.read_text() == made


def test_reset_deletes_no_folder_that_is_not_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    monkeypatch.setenv("SHOPFLOW_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["reset", "--yes"])
    assert isinstance(result.exception, NotAHomeError)
    assert (tmp_path / "thesis.txt").exists()


def test_reset_asks_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    home.claim()
    monkeypatch.setenv("SHOPFLOW_HOME", str(home.path))
    assert CliRunner().invoke(app, ["reset"], input="n\n").exit_code == 1
    assert home.env_file.exists()


def test_the_socket_of_a_deep_home_has_a_short_path(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("a" * 60) / ("b" * 60))
    assert len(str(deep.socket)) < 90
    assert deep.socket != Home(tmp_path / ("a" * 60) / ("c" * 60)).socket


def test_a_short_home_keeps_its_socket() -> None:
    assert Home(Path("/srv/shopflow")).socket == Path("/srv/shopflow/supervisor.sock")


def test_the_home_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPFLOW_HOME", str(tmp_path))
    assert Home.current().path == tmp_path


def test_logs_of_an_unknown_service_name_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ServiceFailedError, match="Choose one of: minio, postgres"):
        log_file(Home(tmp_path), "oracle")


def test_only_the_last_lines_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.write_text("".join(f"{n}\n" for n in range(100)))
    assert last_lines(file, 2) == ["98", "99"]
