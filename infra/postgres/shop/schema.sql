-- The shop's operational database. `shopflow up` creates what is missing, as the owner of the database `shop`.
--
-- The columns of customers, products, orders and order_items come first, as the shop has always had them.
-- Columns and tables below a line "extension" were added later. Every table has `updated_at`: it is needed
-- only where changes are read by watermark instead of by the change stream. All times are UTC.

create schema if not exists shop;

-- Products -----------------------------------------------------------------------------------------------

-- The upper level of the catalogue, e.g. Electronics.
create table if not exists shop.product_types (
    type_id bigint primary key,
    name text not null,
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- The lower level of the catalogue, e.g. Headphones.
create table if not exists shop.product_subtypes (
    subtype_id bigint primary key,
    type_id bigint not null references shop.product_types,
    name text not null,
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- Who delivers products to the shop.
create table if not exists shop.suppliers (
    supplier_id bigint primary key,
    name text not null,
    country text not null, -- two letters
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- One row per sellable product.
create table if not exists shop.products (
    product_id bigint primary key,
    name text not null,
    category text not null, -- where the shop shows it; may change
    unit_price numeric(10, 2) not null check (unit_price >= 0), -- current list price
    -- extension
    subtype_id bigint not null references shop.product_subtypes,
    supplier_id bigint not null references shop.suppliers,
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- Customers ----------------------------------------------------------------------------------------------

-- One row per registered customer. When two turn out to be one person, the orders of the second go to the
-- first and the second is deleted.
create table if not exists shop.customers (
    customer_id bigint primary key,
    name text not null,
    email text check (email like '%_@_%'),
    city text,
    region text, -- e.g. US-West
    signup_date date not null,
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- Where something can be delivered to.
create table if not exists shop.addresses (
    address_id bigint primary key,
    street text not null,
    city text not null,
    region text,
    postal_code text,
    country text not null, -- two letters
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- Which customers use which addresses. A customer may have several, and several customers may share one.
create table if not exists shop.customer_addresses (
    customer_id bigint not null references shop.customers,
    address_id bigint not null references shop.addresses,
    label text not null check (label in ('home', 'work', 'other')),
    updated_at timestamp not null default (now() at time zone 'utc'),
    primary key (customer_id, address_id)
);

-- Orders -------------------------------------------------------------------------------------------------

-- One row per placed order. amount = sum of quantity * unit_price of its items - discount + shipping + tax.
create table if not exists shop.orders (
    order_id bigint primary key,
    customer_id bigint not null references shop.customers,
    order_ts timestamp not null, -- when the order was placed
    status text not null check (status in ('placed', 'paid', 'shipped', 'delivered', 'cancelled')),
    amount numeric(12, 2) not null check (amount >= 0),
    -- extension
    channel text not null check (channel in ('web', 'mobile', 'marketplace')),
    address_id bigint not null references shop.addresses,
    payment_method text not null check (payment_method in ('card', 'paypal', 'bank_transfer', 'gift_card')),
    discount numeric(12, 2) not null default 0 check (discount >= 0),
    shipping numeric(12, 2) not null default 0 check (shipping >= 0),
    tax numeric(12, 2) not null default 0 check (tax >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- One row per product within an order.
create table if not exists shop.order_items (
    order_id bigint not null references shop.orders,
    product_id bigint not null references shop.products,
    quantity int not null check (quantity > 0),
    unit_price numeric(10, 2) not null check (unit_price >= 0), -- at the time of the sale
    -- extension
    updated_at timestamp not null default (now() at time zone 'utc'),
    primary key (order_id, product_id)
);

-- Payment and delivery -----------------------------------------------------------------------------------

-- One row per attempt to pay an order. card_number, card_expiry and card_cvc never leave this server:
-- readers.sql neither publishes nor grants them.
create table if not exists shop.payments (
    payment_id bigint primary key,
    order_id bigint not null references shop.orders,
    amount numeric(12, 2) not null check (amount >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    method text not null check (method in ('card', 'paypal', 'bank_transfer', 'gift_card')),
    status text not null check (status in ('authorised', 'captured', 'failed')),
    charge_id text, -- the payment provider's name of the charge
    card_token text, -- the payment provider's name of the card
    card_brand text,
    card_number text,
    card_expiry text,
    card_cvc text,
    paid_at timestamp, -- when it was captured
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- Money that goes back to a customer.
create table if not exists shop.refunds (
    refund_id bigint primary key,
    payment_id bigint not null references shop.payments,
    order_id bigint not null references shop.orders,
    amount numeric(12, 2) not null check (amount >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    status text not null check (status in ('pending', 'succeeded', 'failed')),
    reason text,
    requested_at timestamp not null,
    succeeded_at timestamp,
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- One row per parcel; an order may be sent in several.
create table if not exists shop.shipments (
    shipment_id bigint primary key,
    order_id bigint not null references shop.orders,
    carrier text not null,
    tracking_number text,
    shipped_at timestamp not null,
    delivered_at timestamp,
    returned_at timestamp,
    updated_at timestamp not null default (now() at time zone 'utc')
);

-- How many pieces of which product are in a parcel.
create table if not exists shop.shipment_lines (
    shipment_id bigint not null references shop.shipments,
    order_id bigint not null,
    product_id bigint not null,
    quantity int not null check (quantity > 0),
    updated_at timestamp not null default (now() at time zone 'utc'),
    primary key (shipment_id, product_id),
    foreign key (order_id, product_id) references shop.order_items
);

-- Foreign keys that deletes and look-ups of the shop go by.
create index if not exists orders_of_customer on shop.orders (customer_id);
create index if not exists payments_of_order on shop.payments (order_id);
create index if not exists refunds_of_payment on shop.refunds (payment_id);
create index if not exists refunds_of_order on shop.refunds (order_id);
create index if not exists shipments_of_order on shop.shipments (order_id);
create index if not exists shipment_lines_of_item on shop.shipment_lines (order_id, product_id);
create index if not exists customers_at_address on shop.customer_addresses (address_id);

-- What reading by watermark looks for.
create index if not exists product_types_changed on shop.product_types (updated_at);
create index if not exists product_subtypes_changed on shop.product_subtypes (updated_at);
create index if not exists suppliers_changed on shop.suppliers (updated_at);
create index if not exists customers_changed on shop.customers (updated_at);
create index if not exists products_changed on shop.products (updated_at);
create index if not exists addresses_changed on shop.addresses (updated_at);
create index if not exists customer_addresses_changed on shop.customer_addresses (updated_at);
create index if not exists orders_changed on shop.orders (updated_at);
create index if not exists order_items_changed on shop.order_items (updated_at);
create index if not exists payments_changed on shop.payments (updated_at);
create index if not exists refunds_changed on shop.refunds (updated_at);
create index if not exists shipments_changed on shop.shipments (updated_at);
create index if not exists shipment_lines_changed on shop.shipment_lines (updated_at);
