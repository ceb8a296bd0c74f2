"""A server that speaks S3 and misbehaves on purpose, by a schedule: what the network and the service may do to us."""
