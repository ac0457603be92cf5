"""How a solution is judged: probes that measure, checks that decide, and the report that says so."""
