"""Service packages: what an agency offers, as data, and the reader that refuses faulty data."""
