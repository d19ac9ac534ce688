{{ listed_members('payment', ['card', 'paypal', 'bank_transfer', 'gift_card']) }}
