"""What people upload. Nothing is shown as it came in: pictures are written anew.

A file is kept once however often it was uploaded, under the SHA-256 of its bytes, in PostgreSQL, a folder or a bucket
(`FILES_IN`). Whose it is stands with those who refer to it; what nobody refers to is swept.
"""
