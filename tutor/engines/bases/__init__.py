"""The base images the examples stand on: which are here, pulled, built as stand-ins, or carried in a kit."""
