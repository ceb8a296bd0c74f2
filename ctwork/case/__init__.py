"""The folder an investigation lives in, and what leaves the house."""
