{# The share that an amount has in the day's total, over the rows of the query. #}
{% macro share_of_day(amount, day) -%}
    {{ safe_divide(amount, 'sum(' ~ amount ~ ') over (partition by ' ~ day ~ ')') }}
{%- endmacro %}

{#
  The sales of each day by an attribute of the products. Orders are left out: one may hold several products, so they do not add
  up.
#}
{% macro performance_by(attribute) -%}
with

by_product as (
    select * from {{ ref('product_performance').render() }}
),

summed as (
    select
        order_date,
        coalesce({{ attribute }}, 'unknown') as {{ attribute }},
        count(*) as products,
        sum(quantity) as quantity,
        cast(sum(revenue) as decimal(38, 2)) as revenue,
        cast(sum(discount_amount) as decimal(38, 2)) as discount_amount
    from by_product
    group by order_date, coalesce({{ attribute }}, 'unknown')
),

final as (
    select
        order_date,
        {{ attribute }},
        products,
        quantity,
        revenue,
        {{ share_of_day('revenue', 'order_date') }} as revenue_share,
        discount_amount
    from summed
)

select * from final
{%- endmacro %}
