"""What ctwork swears to, proved against the real program with the operating system as the witness."""
