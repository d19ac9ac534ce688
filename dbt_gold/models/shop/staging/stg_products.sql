{{ current_rows(ref('int_product_versions'), 'products') }}
