"""The steps by which the store's schema came about."""
