"""The demo's mail box: an SMTP sink that keeps every mail, and the pages that show them."""
