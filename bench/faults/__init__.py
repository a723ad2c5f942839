"""What may break, done to the real processes: killed sweepers, doubled forms, two who act at the same instant.

Each counts by SQL at the end, and each has a known-bad variant under `bad/` on which it must be seen to fail.
"""
