"""The steps of an incident's life, each callable as one function, and their way from logs to the review.

Everything that a step needs stands in the rooms above (`repair`, `rollout`, `learn`, `report`, `pipeline`); `bench` and
`cli` stand below. Nothing here prints or asks: who is told and who is asked is handed in.

One module a step does its work (`diagnosing`, `patching`, `testing`, `planning`, `reviewing`) and gives back all that
it found; `steps` says of each in one outcome what came of it; `running` is the way through them, which can be cut off
anywhere and goes on from what lies in the incident folder.
"""
