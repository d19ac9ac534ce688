{{ current_rows(ref('int_supplier_versions'), 'suppliers') }}
