{{ current_rows(ref('int_customer_versions'), 'customers') }}
