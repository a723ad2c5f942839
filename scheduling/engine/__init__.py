"""The roster engine: pure calculation, no Django and no database; only the worker and the bench import it."""
