{{ current_rows(ref('int_refund_versions'), 'refunds') }}
