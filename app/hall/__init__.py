"""The surface of applicants: pages, wizard, help."""
