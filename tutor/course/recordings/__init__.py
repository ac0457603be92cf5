"""Recorded lessons, so that the tutor teaches where there is no engine.

recording.py   what is kept of a lesson's actions, and the files: one a lesson, under `lessons/recordings/`
player.py      events played at the pace they had, or faster, or at once
engine.py      the engine that stands in for a live one: it can play, and nothing else
recorder.py    a lesson carried out on a live engine and written down
publishable.py what of it may be shipped: bounded, and with nothing of the machine it was recorded on
"""
