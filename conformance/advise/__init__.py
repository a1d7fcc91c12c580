"""Which buffer, percentage, cap, minimum level or sync interval keeps oversells below a target, and at what cost."""
