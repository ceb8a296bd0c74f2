"""The benchmark: ctwork beside its peers, on one machine and in one run. Prints ratios; asserts that all answers agree."""
