"""What an auditor asks of an answer: a second opinion by another solver, and all that is needed to redo it."""
