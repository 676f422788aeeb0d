"""The gateway as a service of the system: launchd on macOS, systemd for a user on Linux."""
