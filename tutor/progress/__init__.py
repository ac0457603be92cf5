"""What the learner has done, kept in SQLite."""
