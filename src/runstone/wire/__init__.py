"""Speaking HTTP to a Runstone server: connections, kept and tried again, and errors as they travel."""
