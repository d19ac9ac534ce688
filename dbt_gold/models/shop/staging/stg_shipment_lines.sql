{{ current_rows(ref('int_shipment_line_versions'), 'shipment_lines') }}
