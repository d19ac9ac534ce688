with

history as (
    select
        *,
        max_by(unit_price, valid_from) over (partition by product_id) as current_price
    from {{ ref('int_product_history').render() }}
),

subtypes as (
    select * from {{ ref('stg_product_subtypes').render() }}
),

types as (
    select * from {{ ref('stg_product_types').render() }}
),

suppliers as (
    select * from {{ ref('stg_suppliers').render() }}
),

final as (
    select
        history.product_key,
        history.source_system,
        history.product_id,
        history.name,
        history.category,
        types.name as type, -- noqa: RF04
        subtypes.name as subtype,
        history.unit_price,
        history.current_price,
        history.supplier_id,
        suppliers.name as supplier,
        history.valid_from,
        history.valid_to,
        history.is_current
    from history
    left join subtypes on history.subtype_id = subtypes.subtype_id
    left join types on subtypes.type_id = types.type_id
    left join suppliers on history.supplier_id = suppliers.supplier_id
    union all
    {{ unknown_member() }}
)

select * from final
