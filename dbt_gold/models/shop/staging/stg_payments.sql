{{ current_rows(ref('int_payment_versions'), 'payments') }}
