-- Revenue per day from the delivered files alone. {folder} holds the files of the manifests as <day>-<name>, and
-- bad.json the keys of the records that were planted to be refused.
with delivered as (

    select *, regexp_extract(filename, '(\d{{4}}-\d\d-\d\d)-[^/]*$', 1) as day
    from read_csv(
        '{folder}/*.csv', all_varchar = true, header = true, ignore_errors = true, filename = true,
        quote = '"', escape = '"', null_padding = false
    )
    union all by name
    select *, regexp_extract(filename, '(\d{{4}}-\d\d-\d\d)-[^/]*$', 1) as day
    from read_json(
        '{folder}/*.jsonl', format = 'newline_delimited', ignore_errors = true, filename = true,
        columns = {{
            order_id: 'VARCHAR', product_id: 'VARCHAR', order_date: 'VARCHAR', order_status: 'VARCHAR',
            price: 'VARCHAR', total_amount: 'VARCHAR'
        }}
    )

),

good as (

    select
        day,
        trim(order_id) as order_id,
        trim(product_id) as product_id,
        cast(trim(order_date) as timestamptz) as order_date,
        replace(replace(lower(trim(order_status)), ' ', '_'), '-', '_') as order_status,
        cast(trim(total_amount) as decimal(10, 2)) as total_amount
    from delivered
    where
        nullif(trim(order_id), '') is not null
        and nullif(trim(product_id), '') is not null
        and try_cast(trim(price) as decimal(10, 2)) is not null
        and (day, trim(order_id), trim(product_id)) not in (
            select (day::varchar, order_id, product_id) from read_json('{folder}/bad.json')
        )

),

current_lines as (

    select distinct * from good
    qualify rank() over (partition by order_id, product_id order by day desc) = 1

),

orders as (

    select
        order_id,
        cast(max_by(order_date, day) as date) as order_date,
        max_by(order_status, day) as order_status,
        sum(total_amount) as total_amount
    from current_lines
    group by order_id

)

select
    order_date,
    count(*) as orders,
    cast(coalesce(sum(total_amount) filter (where order_status not in ('cancelled', 'returned')), 0) as decimal(38, 2))
        as revenue
from orders
group by order_date
order by order_date
