"""What the product must reach, measured: `make bench` and `make faults`.

Each figure is one JSON line on standard output with its limit and whether it was met; progress goes to standard error.
"""
