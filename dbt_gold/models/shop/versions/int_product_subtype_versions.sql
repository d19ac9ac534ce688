{{ versions_of_run(source('shop', 'product_subtypes')) }}
