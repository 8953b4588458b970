"""A made-up study to try interviews with. Every word in it was written for the demo; nobody said it."""
