{{ current_rows(ref('int_address_versions'), 'addresses') }}
