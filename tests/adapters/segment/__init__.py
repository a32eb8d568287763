"""The endpoints of the Segment specification."""
