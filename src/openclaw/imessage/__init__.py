"""The phone edge: the only place that knows imsg's methods, parameters and field names."""
