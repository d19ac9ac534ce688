-- Marks the database as simulated: its days are lived by `shopflow simulate`, up to the instant (UTC) of the
-- clock. Without a row, the shop has not opened yet.
create schema if not exists simulator;
create table if not exists simulator.clock (instant timestamp not null);
grant usage on schema simulator to shop_stream, shop_watermark;
grant select on simulator.clock to shop_stream, shop_watermark;
