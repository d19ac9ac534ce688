-- Marks the database as simulated: its days are lived by `shopflow simulate`.
create schema if not exists simulator;

-- Everything up to this instant (UTC) has been lived. Without a row, the shop has not opened yet.
create table if not exists simulator.clock (instant timestamp not null);

-- What will happen on a day, by the day that decided it.
create table if not exists simulator.planned (
    day date,
    planned_on date,
    changes text not null,
    primary key (day, planned_on)
);

-- Readers of the shop see how far it has lived, and not what will happen.
grant usage on schema simulator to shop_stream, shop_watermark;
grant select on simulator.clock to shop_stream, shop_watermark;
