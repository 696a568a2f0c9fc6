"""The steps of the main job, one module for each part: each takes the run and calls the services.

What later steps need is left in `run.things`.
"""
