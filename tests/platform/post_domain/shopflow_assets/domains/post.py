"""The carrier's parcels and scans."""

from spark_jobs.contracts.post.parcels import Parcels
from spark_jobs.contracts.post.scans import Scans

from shopflow_assets.domain import Domain
from shopflow_assets.sources.files.inbox import Inbox
from spark_jobs.silver_table import SilverTable

DOMAIN = Domain(
    name="post",
    # Tests wait for the sensor.
    source=Inbox("The carrier's files.", seconds_between_looks=5),
    tables=(SilverTable(Parcels), SilverTable(Scans)),
)
