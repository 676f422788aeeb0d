"""Files of messages on their way from a phone to an agent: fetched, prepared, kept, and removed when nobody's."""
