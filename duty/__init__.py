"""The project and its kernel: people, deadlines, notices, trail. Knows no other app."""
