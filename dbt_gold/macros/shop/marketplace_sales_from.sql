{#
  Whether the shop's orders on marketplaces (`shop`) or the marketplace's feed (`feed`) count in all_sales. Both may be the same sales,
  so SHOPFLOW_MARKETPLACE_SALES chooses: `both` (they are different sales, as in the simulator), `feed` or `shop`.
#}
{% macro marketplace_sales_from(side) -%}
    {%- set chosen = env_var('SHOPFLOW_MARKETPLACE_SALES', 'both') -%}
    {%- if chosen not in ['both', 'feed', 'shop'] -%}
        {{ exceptions.raise_compiler_error("SHOPFLOW_MARKETPLACE_SALES is " ~ chosen ~ ": set it to both, feed or shop.") }}
    {%- endif -%}
    {{ chosen in ['both', side] }}
{%- endmacro %}
