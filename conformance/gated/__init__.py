"""A real integration as the connector of a replay: what scenarios and certify have in common."""
