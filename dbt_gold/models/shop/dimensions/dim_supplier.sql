with

final as (
    select
        {{ surrogate_key('supplier_id') }} as supplier_key,
        '{{ source_system() }}' as source_system,
        supplier_id,
        name,
        country
    from {{ ref('stg_suppliers').render() }}
    union all
    {{ unknown_member() }}
)

select * from final
