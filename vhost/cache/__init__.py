"""The cache: segments of claims, one immutable snapshot that is published from them, and its readers."""
