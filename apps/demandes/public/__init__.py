"""The public door: the territoire's pages, the contact form in three steps, the tracking pages."""
