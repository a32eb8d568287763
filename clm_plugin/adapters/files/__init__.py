"""Edge: files. CSV in through the front door, lists out as CSV or Parquet."""
