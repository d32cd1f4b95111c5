"""What the messages brought: lift against the holdout, conversions, the owner's report."""
