"""Edge: events from other front ends, in the words of the Segment specification, over HTTP.

Its words stop here: what comes in leaves as events of our catalogue, with what was sent beside it.
"""
