"""Routes, one file a subject: they translate between HTTP and the library, which decides."""
