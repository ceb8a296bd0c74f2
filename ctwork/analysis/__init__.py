"""A view becomes sessions, findings, verdicts and answers."""
