"""Arguments become calls, results become stdout; stdout is data, stderr is narration."""
