"""Lists that others made: read (`tables`), headed (`headings`), understood cell by cell (`cells`), imported as a whole (`imports`)."""
