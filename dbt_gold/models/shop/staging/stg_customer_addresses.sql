{{ current_rows(ref('int_customer_address_versions'), 'customer_addresses') }}
