"""A bundle: everything about an investigation that leaves the house, in one folder or zip that anyone can verify."""
