"""Where builds run: the Docker Engine API (BuildKit and classic), base images, and getting an engine at all."""
