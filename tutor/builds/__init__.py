"""What a build is: Dockerfile, steps, events, report, layers, and the `Engine` protocol. Pure: no I/O."""
