"""diamol-tutor: multi-stage Dockerfiles, learned in a terminal against a live Docker engine."""

__version__ = "0.1.0"
