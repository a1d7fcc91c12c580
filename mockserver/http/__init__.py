"""The imitated APIs and the control API over HTTP."""
