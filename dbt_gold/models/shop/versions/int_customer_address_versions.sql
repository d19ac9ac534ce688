{{ versions_of_run(source('shop', 'customer_addresses')) }}
