// The worker that keeps the walking pages.
