"""Logs where they live: S3 and the CloudTrail API, reached read-only. The one place that may open a socket."""
