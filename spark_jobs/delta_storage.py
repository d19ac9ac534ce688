"""How deltalake and polars reach the silver tables, without Spark."""


def storage_options(endpoint: str, region: str, access_key: str, secret_key: str) -> dict[str, str]:
    """Their options for a bucket at this address, with the rights of this key."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": access_key,
        "AWS_SECRET_ACCESS_KEY": secret_key,
        "AWS_ALLOW_HTTP": "true",
    }
