"""
Integration Manager: warehouse systems report levels, carts are told them on their own schedules.

Sources: IM-SYNC-01 to 10, IM-OM-01 to 06; what the vendor leaves open are the readings ``im.*``.
"""
