{{ current_rows(ref('int_shipment_versions'), 'shipments') }}
