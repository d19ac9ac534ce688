{#
  Which side of a sale on a marketplace counts. The feed of the marketplace and the shop's orders of the channel `marketplace` may
  be the same sales. SHOPFLOW_MARKETPLACE_SALES says it: `both` (they are different ones, as the simulator makes them), `feed` or
  `shop`.
#}
{% macro marketplace_sales_from(side) -%}
    {%- set chosen = env_var('SHOPFLOW_MARKETPLACE_SALES', 'both') -%}
    {%- if chosen not in ['both', 'feed', 'shop'] -%}
        {{ exceptions.raise_compiler_error("SHOPFLOW_MARKETPLACE_SALES is " ~ chosen ~ ": set it to both, feed or shop.") }}
    {%- endif -%}
    {{ chosen in ['both', side] }}
{%- endmacro %}
