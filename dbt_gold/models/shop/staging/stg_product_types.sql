{{ current_rows(ref('int_product_type_versions'), 'product_types') }}
