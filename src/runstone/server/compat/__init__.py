"""Other tools' wire formats, each translated onto the store."""
