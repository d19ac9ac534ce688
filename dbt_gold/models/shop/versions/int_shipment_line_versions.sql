{{ versions_of_run(source('shop', 'shipment_lines')) }}
