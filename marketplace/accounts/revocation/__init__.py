"""What ends together when a password or an address changes or a person is deactivated."""
