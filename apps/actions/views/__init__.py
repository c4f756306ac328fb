"""Pages of the actions: scope (404), right (403), one service call."""
