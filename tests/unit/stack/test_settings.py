"""The `.env` of a home: written once, private, and validated."""

from datetime import date
from pathlib import Path

import pytest

from local_stack.errors import InvalidSettingsError, NotSetUpError
from local_stack.home import CHECKOUT
from local_stack.settings import CHOICES, Settings, variable
from shopflow_assets.settings import Choices


@pytest.fixture(autouse=True)
def _no_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CHOICES:
        monkeypatch.delenv(variable(name), raising=False)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    Settings.load_or_make(file).save(file)
    return file


def test_the_env_file_is_readable_by_its_owner_only(env_file: Path) -> None:
    assert env_file.stat().st_mode & 0o777 == 0o600


def test_what_is_written_is_what_is_read(env_file: Path) -> None:
    made = Settings.load(env_file)
    made.save(env_file)
    assert Settings.load(env_file) == made


def test_a_second_up_keeps_the_secrets(env_file: Path) -> None:
    assert Settings.load_or_make(env_file) == Settings.load(env_file)


def test_two_homes_share_no_secret(tmp_path: Path) -> None:
    one, other = (Settings.load_or_make(tmp_path / name) for name in ("one", "other"))
    assert one.minio_root_password != other.minio_root_password
    assert one.dagster_s3_access_key != one.spark_s3_access_key


def test_secrets_do_not_show_when_settings_are_printed(env_file: Path) -> None:
    settings = Settings.load(env_file)
    assert settings.minio_root_password.get_secret_value() not in repr(settings)


def test_an_exported_choice_is_taken_over(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPFLOW_START_DATE", "2025-05-01")
    assert Settings.load_or_make(env_file).start_date == date(2025, 5, 1)


def test_exported_secrets_of_another_stack_are_not_taken_over(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINIO_ROOT_USER", "somebody")
    monkeypatch.setenv("SHOPFLOW_TRINO_PORT", "1")
    settings = Settings.load_or_make(env_file)
    assert settings.minio_root_user != "somebody"
    assert settings.trino_port == 8080


def test_other_hosts_are_used_by_every_address_and_not_kept(env_file: Path) -> None:
    settings = Settings.load(env_file, minio_host="minio", spark_host="spark", postgres_host="postgres")
    assert settings.s3_endpoint == f"http://minio:{settings.minio_port}"
    assert settings.spark_remote == f"sc://spark:{settings.spark_port}"
    assert f"@postgres:{settings.postgres_port}/" in settings.shop_url
    settings.save(env_file)
    assert Settings.load(env_file).s3_endpoint == f"http://127.0.0.1:{settings.minio_port}"


def test_a_wrong_choice_is_named(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPFLOW_MAX_QUARANTINED_SHARE", "1.5")
    with pytest.raises(InvalidSettingsError, match="max_quarantined_share"):
        Settings.load_or_make(env_file)


@pytest.mark.parametrize(
    ("name", "value"),
    [("RETENTION_HOURS", "167"), ("MAX_VOLUME_FACTOR", "1"), ("MAX_LANDING_DELAY_HOURS", "-1")],
)
def test_a_choice_that_would_do_harm_is_refused(
    env_file: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"SHOPFLOW_{name}", value)
    with pytest.raises(InvalidSettingsError, match=name.lower()):
        Settings.load_or_make(env_file)


def test_before_the_first_up_one_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotSetUpError, match="shopflow up"):
        Settings.load(tmp_path / ".env")


def test_the_page_names_each_choice_and_its_default() -> None:
    page = (CHECKOUT / "docs" / "settings.md").read_text()
    for name, field in Choices.model_fields.items():
        assert f"| `{variable(name)}` | {field.default} |" in page


def test_a_variable_that_is_no_setting_is_named(env_file: Path) -> None:
    assert Settings.unread(env_file) == []
    env_file.write_text(f"{env_file.read_text()}SHOPFLOW_MAX_ORDER_AGE_DAYS=90\n")
    assert Settings.unread(env_file) == ["SHOPFLOW_MAX_ORDER_AGE_DAYS"]
