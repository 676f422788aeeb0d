"""Say it, and know whether it arrived: from the words of an agent to bubbles on a phone."""
