"""
Two correct integrations, to start from and to prove the judge on.

``order_manager_to_marketplacer`` brings the figures of a sales channel to the marketplace.
``warehouse_to_order_manager`` brings the levels of a warehouse to Order Manager.
They use httpx and the standard library, and nothing else of this project: copy the folder and change what you need.
"""
