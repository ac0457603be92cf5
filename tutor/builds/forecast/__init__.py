"""What the coming build is going to do, step by step, and why: `forecast(after, before)`.

model.py     what goes in and what comes out: Inputs, Verdict, causes, Forecast
scope.py     variables, working folder, user and shell as instructions see them
work.py      what a step does, taken apart; buildkit.py and classic.py for each builder's cache
content.py   what a step takes from the context, a stage or an image
walk.py      all steps, with a memory of earlier builds
verdicts.py  the forecast itself
causes.py    why a step isn't cached
why.py       the same for a build that is over, with what it cost
words.py     all of it in words
"""

from tutor.builds.forecast.model import BaseImage, Forecast, Inputs, StepForecast, Verdict
from tutor.builds.forecast.twins import twins
from tutor.builds.forecast.verdicts import forecast
from tutor.builds.forecast.why import Why, why

__all__ = ["BaseImage", "Forecast", "Inputs", "StepForecast", "Verdict", "Why", "forecast", "twins", "why"]
