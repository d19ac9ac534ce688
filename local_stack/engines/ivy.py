"""Fetches Spark's extra jars and Trino from Maven Central, with the Ivy that pyspark contains."""

import hashlib
import importlib.util
import secrets
import shutil
import ssl
import warnings
from pathlib import Path

from local_stack.engines import cache, commands, wheels
from local_stack.errors import FetchError
from local_stack.home import INFRA

# The other plugins, most of Trino's 1.1 GB, are connectors that none of our catalogs uses.
TRINO_PLUGINS = frozenset({"delta-lake", "hive", "iceberg"})


def pyspark_home() -> Path:
    """The installed pyspark, which contains Spark. It is not imported: that takes a second."""
    spec = importlib.util.find_spec("pyspark")
    if spec is None or spec.origin is None:
        raise FetchError("pyspark is not installed: run `make` in the checkout first.")
    return Path(spec.origin).parent


def sha256(file: Path) -> str:
    """A file's SHA-256 in hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(folder: Path, sums: Path) -> None:
    """Compare a folder with a checksum file; raises FetchError for a missing, wrong or surplus file."""
    expected = {name: digest for digest, name in (line.split() for line in sums.read_text().splitlines())}
    actual = {file.name: sha256(file) for file in folder.iterdir() if file.is_file()}
    if wrong := sorted(
        name for name in expected.keys() | actual.keys() if expected.get(name) != actual.get(name)
    ):
        raise FetchError(f"These downloaded files differ from {sums}: {', '.join(wrong)}")


def _trust(working: Path) -> list[str]:
    """Java options that make Ivy trust the certificate authorities that Python trusts on this machine."""
    bundle = ssl.get_default_verify_paths().cafile
    if not bundle:
        return []
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import (
        PKCS12Certificate,
        serialize_java_truststore,
    )

    with warnings.catch_warnings():
        # In every distribution some authority breaks a rule of RFC 5280, which we cannot fix.
        warnings.simplefilter("ignore")
        authorities = x509.load_pem_x509_certificates(Path(bundle).read_bytes())
    entries = [
        PKCS12Certificate(authority, f"ca{number}".encode()) for number, authority in enumerate(authorities)
    ]
    password = secrets.token_hex(8)
    store = working / "trust.p12"
    store.write_bytes(serialize_java_truststore(entries, BestAvailableEncryption(password.encode())))
    return [f"-Djavax.net.ssl.trustStore={store}", f"-Djavax.net.ssl.trustStorePassword={password}"]


@commands.three_tries
def retrieve(folder: Path, engine: str, working: Path, pattern: str) -> None:
    """Fetch the artifacts of `infra/<engine>/ivy.xml` into `working`, named by Ivy's `pattern`."""
    java = wheels.java(folder, "spark") / "bin" / "java"
    downloads = working / "ivy"
    commands.run(
        [java, *_trust(working), "-jar", next((pyspark_home() / "jars").glob("ivy-*.jar")),
         "-settings", INFRA / "ivy" / "settings.xml", "-cache", downloads, "-ivy", INFRA / engine / "ivy.xml",
         "-confs", "default", "-retrieve", f"{working}/{pattern}", "-warn"],
        log=folder / "logs" / f"{engine}.log",
    )  # fmt: skip
    shutil.rmtree(downloads)
    (working / "trust.p12").unlink(missing_ok=True)


def spark_jars(folder: Path) -> Path:
    """The folder of the jars that Spark needs in addition to its own."""
    sums = INFRA / "spark" / "jars.sha256"

    def make(target: Path) -> None:
        retrieve(folder, "spark", target, "[artifact]-[revision].[ext]")
        verify(target, sums)

    return cache.ensure(folder, f"spark-jars-{sha256(sums)[:12]}", make)


def trino(folder: Path) -> Path:
    """Trino's server folder, with the plugins that our catalogs use."""
    sums = INFRA / "trino" / "server.sha256"

    def make(target: Path) -> None:
        retrieve(folder, "trino", target, "[artifact]-[revision].[ext]")
        verify(target, sums)
        (tarball,) = target.glob("*.tar.gz")
        # Plugins share files as hard links in the archive. So unpack everything, then delete the rest.
        commands.run(
            ["tar", "-xzf", tarball, "-C", target, "--strip-components=1", "--no-same-owner"],
            log=folder / "logs" / "trino.log",
        )
        tarball.unlink()
        for plugin in (target / "plugin").iterdir():
            if plugin.name not in TRINO_PLUGINS:
                shutil.rmtree(plugin)

    version = sums.read_text().split()[1].removeprefix("trino-server-").removesuffix(".tar.gz")
    return cache.ensure(folder, f"trino-{version}", make)
