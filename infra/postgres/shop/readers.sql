-- Who may read the shop's tables, and what is published. Run as the owner of the tables; it can be repeated.
-- The roles exist already: shop_stream (with REPLICATION) and shop_watermark. Neither may see card data, and
-- the publication does not carry it. A table with a column list keeps its default replica identity: with
-- FULL, every UPDATE in the shop would fail.

grant usage on schema shop to shop_stream, shop_watermark;
grant select on
    shop.customers, shop.products, shop.orders, shop.order_items, shop.addresses, shop.customer_addresses,
    shop.product_types, shop.product_subtypes, shop.suppliers, shop.refunds, shop.shipments,
    shop.shipment_lines
to shop_stream, shop_watermark;
grant select (
    payment_id, order_id, amount, currency, method, status, charge_id, card_token, card_brand, paid_at,
    updated_at
) on shop.payments to shop_stream, shop_watermark;

do $$
begin
    if not exists (select from pg_publication where pubname = 'shopflow') then
        create publication shopflow for table
            shop.customers, shop.products, shop.orders, shop.order_items, shop.addresses,
            shop.customer_addresses, shop.product_types, shop.product_subtypes, shop.suppliers,
            shop.payments (
                payment_id, order_id, amount, currency, method, status, charge_id, card_token, card_brand,
                paid_at, updated_at
            ),
            shop.refunds, shop.shipments, shop.shipment_lines;
    end if;
end
$$;
