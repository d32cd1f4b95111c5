"""Who works with a company's data, and what each may do."""
