{{ listed_members('store', ['web', 'mobile', 'marketplace']) }}
