{{ current_rows(ref('int_order_item_versions'), 'order_items') }}
