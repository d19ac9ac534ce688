"""What the steps of a run write to stdout and stderr is kept in MinIO."""

from tests.harness.lakehouse import Lakehouse


def test_the_output_of_a_run_is_in_minio_and_no_longer_in_the_home(road: Lakehouse) -> None:
    objects = road.stack.s3("dagster").list_objects_v2(Bucket="logs")["Contents"]
    runs = {key.split("/")[2] for key in (entry["Key"] for entry in objects)}
    assert {entry["Key"].rsplit(".", 1)[-1] for entry in objects} == {"out", "err"}
    assert any(entry["Size"] for entry in objects)
    files = (road.stack.home.dagster / "storage").rglob("*.err")
    assert not [file for file in files if file.parts[-3] in runs]
