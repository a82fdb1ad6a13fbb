"""The audit as one HTML page that needs nothing else: what is drawn, what is listed, and the templates of both."""
