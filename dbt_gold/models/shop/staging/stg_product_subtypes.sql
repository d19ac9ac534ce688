{{ current_rows(ref('int_product_subtype_versions'), 'product_subtypes') }}
