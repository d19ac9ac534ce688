"""What may be wrong with a source of a change stream, what a landing says about it, and the way back."""

from dataclasses import dataclass

SLOT = "shop_landing"
SNAPSHOT = f"`shopflow snapshot --domain {SLOT}`"
DOCS = "docs/own_database.md"
GAP = ("left the publication and joined it again", SNAPSHOT)
LOST_SLOT = f"select pg_drop_replication_slot('{SLOT}')"
READ_SLOT = (
    f"select count(*) from pg_logical_slot_get_binary_changes('{SLOT}', null, null, 'proto_version', '1',"
    " 'publication_names', 'shopflow')"
)
PAYMENTS = (
    "shop.payments (payment_id, order_id, amount, currency, method, status, charge_id, card_token,"
    " card_brand, paid_at, updated_at)"
)
IN_PARTITIONS = (
    "alter table shop.suppliers rename to a_supplier",
    "create table shop.suppliers (like shop.a_supplier including all) partition by list (supplier_id)",
    "alter table shop.suppliers attach partition shop.a_supplier default",
)
IN_ONE_PIECE = (
    "alter table shop.suppliers detach partition shop.a_supplier",
    "drop table shop.suppliers",
    "alter table shop.a_supplier rename to suppliers",
)
PUBLISH = (
    "create publication shopflow for table shop.customers, shop.products, shop.orders, shop.order_items,"
    " shop.addresses, shop.customer_addresses, shop.product_types, shop.product_subtypes, shop.suppliers,"
    f" {PAYMENTS}, shop.refunds, shop.shipments, shop.shipment_lines"
)


def _leave(table: str) -> str:
    return f"alter publication shopflow drop table {table}"


def _join(table: str) -> str:
    return f"alter publication shopflow add table {table}"


@dataclass(frozen=True)
class Fault:
    """How the source is broken, what the refusal says, and how it is mended.

    If the mended source still has a gap, the next landing `still_says` so, and a snapshot is the way back.
    """

    breaks: tuple[str, ...]
    says: tuple[str, ...]
    mends: tuple[str, ...] = ()
    still_says: tuple[str, ...] = ()


FAULTS = {
    "slot lost": Fault((LOST_SLOT,), (f"slot {SLOT} is gone", SNAPSHOT), still_says=(SNAPSHOT,)),
    "slot read by another program": Fault(
        (READ_SLOT,),
        (f"slot {SLOT} was read up to", SNAPSHOT, "SHOPFLOW_OLTP_SLOT"),
        still_says=(SNAPSHOT,),
    ),
    "publication missing": Fault(
        ("drop publication shopflow",),
        ("publication shopflow is missing", DOCS, "shopflow snapshot"),
        (PUBLISH,),
        GAP,
    ),
    "publication that would lose changes, stop the shop, and send cards": Fault(
        (
            "drop publication shopflow",
            PUBLISH.replace("shop.suppliers", "shop.suppliers where (country = 'DE')")
            .replace("shop.addresses", "shop.addresses (address_id, street, city)")
            .replace(PAYMENTS, "shop.payments")
            + " with (publish = 'insert, update')",
            "alter table shop.customers replica identity nothing",
            "alter table shop.addresses replica identity full",
            "alter table shop.refunds replica identity full",
            "alter table shop.refunds add loud text generated always as (upper(reason)) stored",
        ),
        (
            "shopflow: it must send insert, update, delete and truncate",
            "shop.customers: its replica identity must be DEFAULT or FULL",
            "shop.addresses: the publication does not send country, postal_code, region, updated_at",
            "shop.addresses: a list of columns with REPLICA IDENTITY FULL makes the shop's updates fail",
            "shop.suppliers: the publication must send all rows, not those with (country = 'DE'::text)",
            "shop.payments: the publication must not send card_cvc, card_expiry, card_number",
            "shop.refunds: generated columns with REPLICA IDENTITY FULL make the shop's updates fail",
            DOCS,
        ),
        (
            "drop publication shopflow",
            PUBLISH,
            "alter table shop.customers replica identity default",
            "alter table shop.addresses replica identity default",
            "alter table shop.refunds drop loud",
        ),
        GAP,
    ),
    "publication without deletes for a while": Fault(
        (
            "alter publication shopflow set (publish = 'insert, update')",
            "delete from shop.order_items",
            "alter publication shopflow set (publish = 'insert, update, delete, truncate')",
        ),
        GAP,
        still_says=GAP,
    ),
    "table left": Fault(
        (_leave("shop.suppliers"), "delete from shop.suppliers where supplier_id = 2"),
        ("shop.suppliers: it is not in the publication shopflow", DOCS),
        (_join("shop.suppliers"),),
        ("shop.suppliers", *GAP),
    ),
    "table made again": Fault(
        (
            "alter table shop.suppliers rename to old_suppliers",
            "create table shop.suppliers (like shop.old_suppliers including all)",
            _leave("shop.old_suppliers"),
            _join("shop.suppliers"),
        ),
        ("shop.suppliers", *GAP),
        still_says=GAP,
    ),
    "tables and columns that the contracts do not know": Fault(
        (
            "alter table shop.shipments rename to parcels",
            "alter table shop.suppliers drop constraint suppliers_pkey cascade",
            "alter table shop.refunds drop constraint refunds_pkey, add primary key (refund_id, order_id)",
            "alter table shop.customers alter signup_date type text",
        ),
        (
            "shop.customers.signup_date: expected date, found text",
            "shop.suppliers: expected the primary key (supplier_id), found no primary key",
            "shop.refunds: expected the primary key (refund_id), found the primary key (refund_id, order_id)",
            "shop.shipments: expected a table, found none",
            "Change the source back, or the contract in spark_jobs/contracts",
        ),
        (
            "alter table shop.parcels rename to shipments",
            "alter table shop.suppliers add primary key (supplier_id)",
            "alter table shop.refunds drop constraint refunds_pkey, add primary key (refund_id)",
            "alter table shop.customers alter signup_date type date using signup_date::date",
        ),
    ),
    "columns retyped as the contracts allow": Fault(
        (
            "alter table shop.orders alter shipping type numeric(12, 0),"
            " alter order_ts type timestamptz using order_ts at time zone 'Asia/Tokyo'",
        ),
        (
            "shop.orders.order_ts: was timestamp without time zone, is timestamp with time zone",
            "shop.orders.shipping: was numeric(12,2), is numeric(12,0)",
            "no row says that it was changed",
            SNAPSHOT,
        ),
        still_says=(SNAPSHOT,),
    ),
    "column dropped": Fault(
        (
            "alter table shop.customers drop region",
            "insert into shop.customers values (3, 'Cy', null, null, now())",
        ),
        ("shop.customers.region: expected a column (text or varchar", "found none"),
        ("alter table shop.customers add region text",),
        ("shop.customers.region: was dropped and added again", SNAPSHOT),
    ),
    "column whose name ends with a character that nobody sees": Fault(
        ('alter table shop.customers rename region to "region\u200b"',),
        ("shop.customers.region: expected a column (text or varchar", r"found 'region\u200b'"),
        ('alter table shop.customers rename "region\u200b" to region',),
    ),
    "column with a name of bronze": Fault(
        ("alter table shop.suppliers add _pos text",),
        ("shop.suppliers._pos", "Rename"),
        ("alter table shop.suppliers drop _pos",),
    ),
    "rows in partitions, sent as those of their table": Fault(
        (
            *IN_PARTITIONS,
            "alter publication shopflow set (publish_via_partition_root)",
            _join("shop.suppliers"),
        ),
        ("shop.suppliers: its rows are in partitions or child tables", "SHOPFLOW_OLTP_MODE=watermark"),
        IN_ONE_PIECE,
        GAP,
    ),
    "rows in partitions and child tables": Fault(
        (*IN_PARTITIONS, "create table shop.late_refunds () inherits (shop.refunds)"),
        (
            "shop.suppliers: it is not in the publication shopflow",
            "shop.refunds: its rows are in partitions or child tables",
        ),
        (*IN_ONE_PIECE, "drop table shop.late_refunds"),
    ),
}
