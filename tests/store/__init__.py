"""The store held to a slow and obvious reading of the same records."""
