"""Answers as documents for other people: HTML, Word, Markdown, Excel, each a file that needs nothing beside it."""
