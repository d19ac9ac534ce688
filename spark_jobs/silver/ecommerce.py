"""How the ecommerce domain's silver tables are made from parsed records."""

from pyspark.sql import DataFrame


def order_lines(values: DataFrame) -> DataFrame:
    """One row per order, product and partition date; the export needs nothing but its contract."""
    return values.select(
        "customer_id",
        "customer_name",
        "email",
        "phone",
        "address",
        "city",
        "state",
        "zip_code",
        "customer_segment",
        "registration_date",
        "order_id",
        "order_date",
        "product_id",
        "product_name",
        "category",
        "subcategory",
        "brand",
        "price",
        "quantity",
        "discount",
        "total_amount",
        "payment_method",
        "shipping_method",
        "order_status",
        "partition_date",
        "source_file",
        "ingested_at",
    )
