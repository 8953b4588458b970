"""Figures, not verdicts: how fast Milepost is at 100, 2,000 and 10,000 sites. docs/performance.md has them."""
