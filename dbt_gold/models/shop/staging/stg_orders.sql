{{ current_rows(ref('int_order_versions'), 'orders') }}
