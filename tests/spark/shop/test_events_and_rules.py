"""What happens in the simulated shop within two weeks, and what always holds."""

import pytest

from tests.spark.shop.simulated_shop import SimulatedShop

EVENTS = {
    "orders on all channels": "select count(distinct channel) >= 3 from shop.orders",
    "all ways to pay": "select count(distinct payment_method) >= 4 from shop.orders",
    "all statuses": "select count(distinct status) = 5 from shop.orders",
    "both currencies": "select count(distinct currency) = 2 from shop.orders",
    "failed payments": "select bool_or(status = 'failed') from shop.payments",
    "authorised payments": "select bool_or(status = 'authorised') from shop.payments",
    "refunds that fail": "select bool_or(status = 'failed') from shop.refunds",
    "pending refunds": "select bool_or(status = 'pending') from shop.refunds",
    "all reasons of refunds": "select count(distinct reason) >= 6 from shop.refunds",
    "partial refunds": """
        select bool_or(refund.amount < payment.amount)
        from shop.refunds as refund join shop.payments as payment using (payment_id)
    """,
    "whole refunds": """
        select bool_or(refund.amount = payment.amount)
        from shop.refunds as refund join shop.payments as payment using (payment_id)
    """,
    "several parcels": """
        select max(n) > 1 from (select count(*) as n from shop.shipments group by order_id) as _
    """,
    "returned parcels": "select bool_or(returned_at is not null) from shop.shipments",
    "shared addresses": """
        select max(n) > 1 from (select count(*) as n from shop.customer_addresses group by address_id) as _
    """,
    "orders paid twice": """
        select max(n) > 1 from (
            select count(*) as n from shop.payments where status = 'captured' group by order_id
        ) as _
    """,
}


@pytest.mark.parametrize("event", EVENTS)
def test_it_happens(shop: SimulatedShop, event: str) -> None:
    assert shop.rows(EVENTS[event]) == [(True,)]


RULES = {
    "an order costs its lines less discount, with shipping and tax": """
        select order_id from shop.orders join shop.order_items using (order_id)
        group by order_id
        having amount <> sum(quantity * unit_price) - discount + shipping + tax
    """,
    "every order has lines": """
        select order_id from shop.orders left join shop.order_items using (order_id) where product_id is null
    """,
    "no more is sent than was ordered": """
        select order_id, product_id
        from shop.order_items as item join shop.shipment_lines as line using (order_id, product_id)
        group by order_id, product_id, item.quantity having sum(line.quantity) > item.quantity
    """,
    "a parcel holds lines of its own order": """
        select shipment_id from shop.shipment_lines as line join shop.shipments as parcel using (shipment_id)
        where line.order_id <> parcel.order_id
    """,
    "no more goes back than was paid": """
        select payment_id from shop.payments join (
            select payment_id, sum(amount) as refunded from shop.refunds
            where status <> 'failed' group by payment_id
        ) as _ using (payment_id)
        where refunded > amount or status <> 'captured'
    """,
    "what is paid is what the order cost": """
        select order_id from shop.orders join (
            select order_id, sum(amount) as paid from shop.payments
            where status = 'captured' group by order_id
        ) as _ using (order_id)
        where paid < amount and status = 'delivered'
    """,
    "an order goes to an address that some customer has": """
        select order_id from shop.orders where not exists (
            select from shop.customer_addresses as link where link.address_id = orders.address_id
        )
    """,
    "nobody orders before they sign up": """
        select order_id from shop.orders join shop.customers using (customer_id) where order_ts < signup_date
    """,
    "cards are given for cards only": """
        select payment_id from shop.payments
        where (method = 'card') <> (num_nonnulls(card_number, card_expiry, card_cvc, card_token) = 4)
    """,
}


@pytest.mark.parametrize("rule", RULES)
def test_it_always_holds(shop: SimulatedShop, rule: str) -> None:
    assert shop.rows(RULES[rule]) == []
