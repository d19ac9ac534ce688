"""The engines' configuration files are consistent."""

import configparser
import re
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from local_stack.engines.fetch import Engines
from local_stack.environments import dagster_environment, dbt_environment
from local_stack.home import CHECKOUT, INFRA, Home
from local_stack.services.health import CHECKS
from local_stack.services.processes import process
from local_stack.settings import HOST, Settings


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def engines(tmp_path: Path) -> Engines:
    places = {}
    for name in Engines.__dataclass_fields__:
        places[name] = tmp_path / name
        places[name].mkdir()
    return Engines(**places)


@pytest.fixture(scope="module")
def supervisor() -> configparser.RawConfigParser:
    config = configparser.RawConfigParser(inline_comment_prefixes=(" ;",))
    config.read(INFRA / "supervisor" / "supervisord.conf")
    return config


def test_the_supervisor_keeps_every_service_that_is_checked(supervisor: configparser.RawConfigParser) -> None:
    programs = {section.removeprefix("program:") for section in supervisor.sections() if ":" in section}
    assert programs - {"rpcinterface:supervisor"} == set(CHECKS)


@pytest.mark.parametrize("service", CHECKS)
def test_a_service_comes_back_and_ends_with_its_children(
    supervisor: configparser.RawConfigParser, service: str
) -> None:
    program = supervisor[f"program:{service}"]
    assert program["autorestart"] == "true"
    assert program["killasgroup"] == "true"
    assert program["command"].endswith(f"-m local_stack.services.launch {service}")


def test_the_supervisor_holds_no_secret(supervisor: configparser.RawConfigParser) -> None:
    text = (INFRA / "supervisor" / "supervisord.conf").read_text()
    assert not re.search("PASSWORD|SECRET|ACCESS_KEY", text)


OWN = {
    "minio": {"minio_root_password"},
    "postgres": set(),
    "spark": {"spark_s3_secret_key"},
    "trino": {"trino_s3_secret_key", "iceberg_db_password"},
    "dagster-code": {"dagster_s3_secret_key", "dagster_db_password"},
    "dagster-webserver": {"dagster_s3_secret_key", "dagster_db_password"},
    "dagster-daemon": {"dagster_s3_secret_key", "dagster_db_password"},
}


@pytest.mark.parametrize("service", CHECKS)
def test_a_service_gets_its_own_secrets_only(service: str, home: Home, engines: Engines) -> None:
    settings = Settings()
    given = process(service, home, settings, engines)
    secrets = {
        name: value.get_secret_value() for name, value in settings if hasattr(value, "get_secret_value")
    }
    assert {name for name, secret in secrets.items() if secret in given.env.values()} == OWN[service]
    assert not [name for name, secret in secrets.items() if secret in " ".join(given.argv)]


def test_trino_gets_every_variable_that_its_files_name(home: Home, engines: Engines) -> None:
    text = "".join(file.read_text() for file in (INFRA / "trino").rglob("*.properties"))
    environment = process("trino", home, Settings(), engines).env
    assert set(re.findall(r"\$\{ENV:(\w+)}", text)) <= environment.keys()


@pytest.mark.parametrize("file", ["infra/dagster/dagster.yaml", "workspace.yaml"])
def test_dagster_gets_every_variable_that_its_files_name(file: str, home: Home) -> None:
    names = set(re.findall(r"env: (\w+)", (CHECKOUT / file).read_text()))
    assert names
    assert names <= dagster_environment(home, Settings()).keys()


def test_dbt_gets_every_variable_that_its_profile_names(home: Home) -> None:
    names = set(
        re.findall(r"env_var\(['\"](\w+)['\"]\)", (CHECKOUT / "dbt_gold" / "profiles.yml").read_text())
    )
    assert names <= dbt_environment(home, Settings()).keys()


def test_dagster_has_a_pool_of_one_for_each_writer() -> None:
    config = yaml.safe_load((INFRA / "dagster" / "dagster.yaml").read_text())
    assert config["concurrency"]["pools"]["default_limit"] == 1


@pytest.mark.parametrize("service", CHECKS)
def test_no_command_names_another_interface_than_the_loopback(
    service: str, home: Home, engines: Engines
) -> None:
    argv = " ".join(process(service, home, Settings(), engines).argv)
    assert "0.0.0.0" not in argv
    assert HOST in argv or service == "dagster-daemon"


def test_deltas_python_package_is_that_of_its_jar() -> None:
    artifacts = ET.parse(INFRA / "spark" / "ivy.xml").iter("dependency")
    [jar] = [a.get("rev") for a in artifacts if (a.get("name") or "").startswith("delta-spark")]
    assert version("delta-spark") == jar


def test_every_spark_jar_has_a_checksum() -> None:
    artifacts = ET.parse(INFRA / "spark" / "ivy.xml").iter("dependency")
    named = {f"{a.get('name')}-{a.get('rev')}.jar" for a in artifacts}
    assert named == {line.split()[1] for line in (INFRA / "spark" / "jars.sha256").read_text().splitlines()}
