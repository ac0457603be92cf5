"""The stages of a Dockerfile as a graph, and its drawing in plain characters.

model.py     stages, what each takes from others, how each stands in a build
lanes.py     the lines that lead from stage to stage
drawing.py   boxes, lines and words as rows of text
"""
