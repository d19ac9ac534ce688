"""docker-compose.yml matches the embedded stack; these tests need no container engine."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from local_stack.engines import wheels
from local_stack.engines.fetch import Engines
from local_stack.home import CHECKOUT, INFRA, MARK, Home
from local_stack.services.health import CHECKS
from local_stack.services.processes import Process, process
from local_stack.settings import HOST, Settings
from shopflow_cli.status import addresses

FILE = CHECKOUT / "docker-compose.yml"
DOCKERFILE = INFRA / "docker" / "Dockerfile"
TEXT = FILE.read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
ENGINES = ("minio", "postgres", "spark", "trino")
DAGSTER = ("dagster-code", "dagster-webserver", "dagster-daemon")
# Where the checkout and the home are in the image.
INSIDE, HOME_INSIDE = "/opt/shopflow", Path("/var/lib/shopflow")
# Of all processes of the embedded stack; an image has its own.
COMMON = {"PATH", "HOME", "LANG", "TZ", "MALLOC_ARENA_MAX", MARK}


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Ports that are no defaults, and for each engine the host name of its service."""
    ports = {f"{name}_port": 20000 + n for n, name in enumerate((*ENGINES, "dagster", "dagster_code"))}
    return Settings(**ports, **{f"{name}_host": name for name in ENGINES})  # ty: ignore[invalid-argument-type]


@pytest.fixture(scope="module")
def variables(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `shopflow init` and `shopflow up` write to `.env`."""
    file = tmp_path_factory.mktemp("home") / ".env"
    settings.save(file)
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


@pytest.fixture(scope="module")
def services(variables: dict[str, str]) -> dict[str, dict[str, Any]]:
    """The services with their variables filled in, as `docker compose config` would show them."""
    return _filled(SERVICES, variables | {"SHOPFLOW_HOME": "/anywhere"})


def _filled(part: Any, known: dict[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, known) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, known) for value in part]
    if isinstance(part, str):
        # A default may contain variables.
        part = re.sub(r"\$\{(\w+):-(.*\$\{.*}.*)}", lambda found: known.get(found[1], found[2]), part)
        return re.sub(r"\$\{(\w+)[^}]*}", lambda found: known[found[1]], part)
    return part


@pytest.fixture
def embedded(settings: Settings, tmp_path: Path) -> Any:
    """How the embedded stack runs a service."""
    engines = Engines(**dict.fromkeys(Engines.__dataclass_fields__, tmp_path))

    def run(service: str) -> Process:
        return process(service, Home(HOME_INSIDE), settings, engines)

    return run


def test_the_file_meets_the_schema_of_compose() -> None:
    tool = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [tool, "--builtin-schema", "vendor.compose-spec", FILE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_services_are_those_of_the_embedded_stack_and_one_that_prepares() -> None:
    assert SERVICES.keys() == {*CHECKS, "prepare"}


def test_every_mounted_path_exists_and_every_volume_is_declared() -> None:
    mounts = [
        volume.rsplit(":/", 1)[0] for service in SERVICES.values() for volume in service.get("volumes", ())
    ]
    declared = yaml.safe_load(TEXT)["volumes"]
    assert any(mount.startswith("./infra/") for mount in mounts)
    for mount in mounts:
        if mount.startswith("./"):
            assert (CHECKOUT / mount).exists(), mount
        else:
            assert mount in declared or mount == "${SHOPFLOW_HOME:-./.shopflow}/.env", mount


def test_every_variable_is_one_that_init_writes(variables: dict[str, str]) -> None:
    used = set(re.findall(r"\$\{(\w+)", TEXT))
    # Those that a person may set: where the home is, and a shop of their own.
    assert used - {"SHOPFLOW_HOME", "SHOPFLOW_OLTP_URL"} <= variables.keys()


def test_a_variable_that_is_missing_stops_the_start() -> None:
    without = [found for found in re.findall(r"\$\{[^}]*}|\$\w+", TEXT) if not found.endswith(":?}")]
    assert without == ["${SHOPFLOW_HOME:-./.shopflow}"]


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if re.search("PASSWORD|SECRET|KEY", name):
                assert re.fullmatch(r"\$\{\w+:\?}", value), name


@pytest.mark.parametrize("service", CHECKS)
def test_a_port_is_that_of_the_embedded_stack_and_open_to_this_machine_only(
    service: str, services: dict[str, dict[str, Any]], settings: Settings
) -> None:
    port, published = addresses(settings)[service][0], services[service].get("ports", [])
    inner = service in ("dagster-code", "dagster-daemon")
    assert published == ([] if inner else [f"{HOST}:{port}:{port}"])
    said = [*services[service].get("command", []), *services[service].get("environment", {}).values()]
    assert port is None or any(str(port) in word for word in said)


@pytest.mark.parametrize("service", ["minio", "trino", *DAGSTER])
def test_a_service_gets_the_environment_that_it_has_in_the_embedded_stack(
    service: str, services: dict[str, dict[str, Any]], embedded: Any
) -> None:
    expected = {name: value for name, value in embedded(service).env.items() if name not in COMMON}
    expected = {name: value.replace(str(CHECKOUT), INSIDE) for name, value in expected.items()}
    if service in DAGSTER:
        expected["SHOPFLOW_DAGSTER_CODE_HOST"] = "dagster-code"
    assert services[service]["environment"] == expected


def test_spark_gets_the_same_variables_keys_and_settings(
    services: dict[str, dict[str, Any]], embedded: Any
) -> None:
    given, expected = services["spark"], embedded("spark")
    assert given["environment"].keys() == expected.env.keys() - COMMON
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        assert given["environment"][name] == expected.env[name]
    conf, wanted = _conf(given["command"]), _conf(expected.argv)
    assert conf.keys() == wanted.keys()
    for name in ("spark.connect.grpc.binding.port", "spark.hadoop.fs.s3a.endpoint"):
        assert conf[name] == wanted[name]
    assert given["command"][:2] == ["--master", "local[2]"]
    assert given["command"][-3:] == expected.argv[-3:]


def _conf(words: list[str]) -> dict[str, str]:
    pairs = (words[n + 1] for n, word in enumerate(words) if word == "--conf")
    return dict(pair.split("=", 1) for pair in pairs)


@pytest.mark.parametrize("service", DAGSTER)
def test_dagster_is_started_by_the_same_command(
    service: str, services: dict[str, dict[str, Any]], embedded: Any
) -> None:
    program, *rest = embedded(service).argv
    assert services[service]["command"] == [
        Path(program).name, *("0.0.0.0" if word == HOST else word for word in rest)
    ]  # fmt: skip


def test_preparing_is_told_where_every_engine_is(services: dict[str, dict[str, Any]]) -> None:
    assert services["prepare"]["command"] == [
        "shopflow", "prepare", *(f"--{engine}-host={engine}" for engine in ENGINES)
    ]  # fmt: skip
    assert set(services["prepare"]["depends_on"]) == set(ENGINES)


def test_the_versions_are_those_of_the_embedded_stack() -> None:
    [trino] = [d.get("rev") for d in ET.parse(INFRA / "trino" / "ivy.xml").iter("dependency")]
    assert SERVICES["trino"]["image"] == f"trinodb/trino:{trino}"
    assert SERVICES["postgres"]["image"] == f"postgres:{wheels.POSTGRES_MAJOR}"
    java = wheels.version(INFRA / "java" / "spark.txt").split(".")[0]
    wanted = f"FROM apache/spark:{version('pyspark')}-scala2.13-java{java}-python3-ubuntu AS spark"
    assert wanted in DOCKERFILE.read_text().splitlines()


def test_minio_is_not_older_than_the_last_release_that_is_known_to_work() -> None:
    name, _, tag = SERVICES["minio"]["image"].partition(":RELEASE.")
    assert name == "minio/minio"
    assert tag[:10] >= "2025-09-07"


def test_everything_that_the_images_copy_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE.read_text(), flags=re.MULTILINE)
    assert len(copied) > 3
    assert not [path for path in copied if not (CHECKOUT / path).exists()]
    targets = re.findall(r" AS (\S+)$", DOCKERFILE.read_text(), flags=re.MULTILINE)
    assert {service["build"]["target"] for service in SERVICES.values() if "build" in service} <= set(targets)
