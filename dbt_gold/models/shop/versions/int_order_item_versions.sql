{{ versions_of_run(source('shop', 'order_items')) }}
