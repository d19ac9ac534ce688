with

final as (
    select
        {{ surrogate_key('address_id') }} as address_key,
        '{{ source_system() }}' as source_system,
        address_id,
        street,
        city,
        region,
        postal_code,
        country
    from {{ ref('stg_addresses').render() }}
    union all
    {{ unknown_member() }}
)

select * from final
