"""A location becomes blobs, a blob becomes raw records with provenance, or issues."""
