{{ listed_members('status', ['placed', 'paid', 'shipped', 'delivered', 'cancelled']) }}
