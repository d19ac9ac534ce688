{{ versions_of_run(source('shop', 'refunds')) }}
