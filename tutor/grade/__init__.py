"""How a solution is judged: probes that measure, checks that decide, and the report that says so.

grader.py      the way of one grade: build, zero line, lanes of probes, checks, report
lanes.py       probes side by side, told one after another; stop.py ends them from outside
probes.py      build, look for a compiler; visits.py and sidecar.py run an image and visit its page
baseline.py    the start file and the reference to compare with; remembered.py keeps them
measured.py    what was found out; checks.py, serving.py, editing.py and why.py turn it into verdicts (all pure)
report.py      the verdicts; as_json.py, reports.py and hints.py tell them
several.py     a class; watch.py grades on save; leftovers.py cleans up after a killed grade
"""
