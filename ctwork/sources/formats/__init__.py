"""The container formats by family; `ctwork.sources.sniff` puts them in order."""
