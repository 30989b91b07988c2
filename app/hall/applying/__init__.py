"""Pages of an application: choosing, the wizard, papers, the letter."""
