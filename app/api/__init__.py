"""JSON for phones and partners: explicit schemas, the same services, the same rights."""
