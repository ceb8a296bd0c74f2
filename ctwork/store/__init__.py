"""Records become columns on disk; a lens becomes a view; a view becomes a page, a facet, a histogram."""
