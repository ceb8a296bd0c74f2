"""The benchmark: ctwork beside its peers, on one machine, in one run. Prints ratios; asserts that answers agree."""
