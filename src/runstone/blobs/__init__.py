"""Content-addressed bytes: a blob is named by the SHA-256 of what it holds.

``protocol.BlobStore`` says what a back end can do; ``open.open_blobs`` returns one by path or URI.  Nothing is
re-exported here, so that logging to a local folder loads ``local`` and the standard library, and no more.

Invariant: what is stored under a digest has that digest, also after the death of a process at any point, and it is
verified whenever it is read.
"""
